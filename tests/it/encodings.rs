//! However the same data are stored, the result is the same.

use std::fs;
use std::io::Write;

use crate::program::Desk;

const TABLES: [&str; 3] = ["transactions", "customers", "products"];

/// The sample's customers in English and in Chinese.
fn desk() -> Desk {
    let desk = Desk::new();
    let make = "synth --customers 60 --transactions 1500 --seed 8 --formats csv,xlsx";
    desk.done(&format!("{make} --out en"));
    desk.done(&format!("{make} --lang zh --out zh"));
    run(&desk, "en", "csv", "plain");
    desk.checked("plain");
    desk
}

fn run(desk: &Desk, folder: &str, ending: &str, out: &str) {
    let inputs: String = TABLES.iter().map(|table| format!(" --{table} {folder}/{table}.{ending}")).collect();
    desk.done(&format!("run{inputs} --out {out}"));
}

/// Stores each table of `from` anew and expects the same customers.
fn stored(desk: &Desk, name: &str, from: &str, ending: &str, store: impl Fn(&str) -> Vec<u8>) {
    fs::create_dir(desk.path(name)).unwrap();
    for table in TABLES {
        let text = desk.text(&format!("{from}/{table}.csv"));
        desk.put(&format!("{name}/{table}.{ending}"), store(&text));
    }
    run(desk, name, ending, &format!("{name}-out"));
    same(desk, &format!("{name}-out"));
}

fn same(desk: &Desk, out: &str) {
    for file in ["customers.csv", "plan.csv"] {
        let (plain, other) = (desk.text(&format!("plain/{file}")), desk.text(&format!("{out}/{file}")));
        assert!(plain == other, "{out}/{file} differs");
    }
    let rows = |out: &str| -> serde_json::Value {
        let summary: serde_json::Value =
            serde_json::from_str(&desk.text(&format!("{out}/summary.json"))).unwrap();
        summary["rows"].clone()
    };
    assert_eq!(rows("plain"), rows(out));
}

/// Cells set apart by another sign; only cells with that sign need quotes.
fn separated(text: &str, sign: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(sign).from_writer(Vec::new());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for record in reader.records() {
        writer.write_record(&record.unwrap()).unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn chinese_headers_need_no_mapping() {
    let desk = desk();
    run(&desk, "zh", "csv", "out");
    same(&desk, "out");
}

#[test]
fn gb18030_is_detected_and_can_be_named() {
    let desk = desk();
    let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    stored(&desk, "gb", "zh", "csv", gb);
    desk.done(
        "run --transactions gb/transactions.csv --customers gb/customers.csv --products gb/products.csv \
         --encoding gbk --out named",
    );
    same(&desk, "named");
}

#[test]
fn workbooks_are_read_as_text_is() {
    let desk = desk();
    run(&desk, "en", "xlsx", "en-book");
    same(&desk, "en-book");
    run(&desk, "zh", "xlsx", "zh-book");
    same(&desk, "zh-book");
}

#[test]
fn unicode_comes_with_or_without_a_mark() {
    let desk = desk();
    let mark = "\u{feff}";
    stored(&desk, "utf8", "zh", "csv", |text| format!("{mark}{text}").into_bytes());
    stored(&desk, "utf16le", "zh", "csv", |text| {
        format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
    });
    stored(&desk, "utf16be", "zh", "csv", |text| {
        format!("{mark}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect()
    });
}

#[test]
fn cells_may_be_set_apart_in_other_ways() {
    let desk = desk();
    stored(&desk, "tabs", "en", "tsv", |text| separated(text, b'\t'));
    stored(&desk, "semicolons", "en", "csv", |text| separated(text, b';'));
    stored(&desk, "windows", "en", "csv", |text| text.replace('\n', "\r\n").into_bytes());
    stored(&desk, "open-end", "en", "csv", |text| text.trim_end().as_bytes().to_vec());
    stored(&desk, "quoted", "en", "csv", |text| {
        let mut writer =
            csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        reader.records().for_each(|record| writer.write_record(&record.unwrap()).unwrap());
        writer.into_inner().unwrap()
    });
}

#[test]
fn gzip_is_unpacked() {
    let desk = desk();
    stored(&desk, "zipped", "en", "csv.gz", |text| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    });
}

#[test]
fn amounts_and_dates_may_be_written_as_people_do() {
    let desk = desk();
    let rewrite = |text: &str, date: fn(&str) -> String, amount: fn(&str) -> String| -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().unwrap().clone();
        writer.write_record(&headers).unwrap();
        for record in reader.records() {
            let cells = record.unwrap();
            let cells = headers.iter().zip(&cells).map(|(header, cell)| match header {
                "date" | "launch_date" => date(cell),
                "amount" | "cost" | "potential" if !cell.is_empty() => amount(cell),
                _ => cell.to_owned(),
            });
            writer.write_record(cells).unwrap();
        }
        writer.into_inner().unwrap()
    };
    stored(&desk, "german", "en", "csv", |text| {
        rewrite(
            text,
            |date| date.split('-').rev().collect::<Vec<_>>().join("."),
            |amount| grouped(amount, '.', ','),
        )
    });
    stored(&desk, "chinese", "en", "csv", |text| {
        rewrite(
            text,
            |date| date.replacen('-', "年", 1).replacen('-', "月", 1) + "日",
            |amount| match amount.strip_prefix('-') {
                Some(amount) => format!("（¥{}）", grouped(amount, ',', '.')),
                None => format!("¥{}", grouped(amount, ',', '.')),
            },
        )
    });
}

/// `-1234.56` with thousands grouped and another decimal sign.
fn grouped(amount: &str, group: char, decimal: char) -> String {
    let (sign, amount) = amount.strip_prefix('-').map_or(("", amount), |amount| ("-", amount));
    let (whole, fraction) = amount.split_once('.').unwrap();
    let mut text = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    format!("{text}{decimal}{fraction}")
}

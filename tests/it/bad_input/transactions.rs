//! Mistakes in a transaction log.

use super::{Case, GOOD, judge, log};

#[test]
fn headers() {
    judge(vec![
        log("an empty file", "", 206, &["t.csv", "empty", "hint:"]),
        log("blank lines only", "\n\n\n", 206, &["t.csv"]),
        log("a header without rows", "customer_id,date,amount\n", 206, &["t.csv"]),
        log(
            "no customer column",
            GOOD.replace("customer_id", "whom"),
            202,
            &["customer_id", "\"whom\", \"date\", \"amount\"", "--map customer_id="],
        ),
        log(
            "a misspelt customer column",
            GOOD.replace("customer_id", "custmer_id"),
            202,
            &["the nearest is \"custmer_id\""],
        ),
        log("no date column", GOOD.replace("date", "x"), 202, &["no column for date"]),
        log("no amount column", GOOD.replace("amount", "x"), 202, &["no column for amount"]),
        log(
            "no header at all",
            GOOD.lines().skip(1).collect::<Vec<_>>().join("\n"),
            202,
            &["customer_id", "date", "amount"],
        ),
        log(
            "two columns for one role",
            "customer_id,customer_id,date,amount\nA,B,2025-01-03,1\n",
            209,
            &["columns 1 and 2", "customer_id"],
        ),
        log("a quantity without a price", GOOD.replace("amount", "quantity"), 202, &["no column for amount"]),
    ]);
}

#[test]
fn cells() {
    let bad = |cell: &str| GOOD.replace("50.00", cell);
    judge(vec![
        log(
            "a word for an amount",
            bad("many"),
            204,
            &["t.csv:3", "\"amount\"", "many", "1 of 4 rows", "25.0 %"],
        ),
        log("a blank amount", bad(""), 204, &["t.csv:3", "is blank"]),
        log("not a number", bad("NaN"), 204, &["NaN"]),
        log("infinity", bad("inf"), 204, &["inf"]),
        log("a formula", bad("=1+1"), 204, &["=1+1"]),
        log("an amount too large", bad("99999999999999999999"), 204, &["too large"]),
        log(
            "a date that is none",
            GOOD.replace("2025-01-15", "2025-02-30"),
            204,
            &["t.csv:3", "2025-02-30", "is not a date"],
        ),
        log("a date of zeros", GOOD.replace("2025-01-15", "0000-00-00"), 204, &["is not a date"]),
        log("a blank date", GOOD.replace("2025-01-15", ""), 204, &["t.csv:3"]),
        log("a year far away", GOOD.replace("2025-01-15", "9999-12-31"), 204, &["9999-12-31"]),
        log("a row too short", GOOD.replace("B,2025-01-15,50.00", "B"), 204, &["t.csv:3"]),
        log("a row too long", GOOD.replace("50.00", "50,00,7"), 204, &["t.csv:3"]),
        log("a quote that never ends", GOOD.replace("B,", "\"B,"), 203, &["t.csv:3", "never closed"]),
        Case {
            name: "one bad row of a hundred when none may be",
            files: vec![("t.csv", format!("{GOOD}{}D,never,1\n", "D,2025-01-03,1\n".repeat(99)).into())],
            arguments: "--transactions t.csv --max-reject-share 0",
            ends: (3, 204),
            says: &["t.csv:105", "1 of 104 rows"],
        },
    ]);
}

#[test]
fn columns_that_read_in_two_ways() {
    judge(vec![
        log(
            "days and months that cannot be told apart",
            GOOD.replace("2025-01-03", "01/03/2025")
                .replace("2025-01-15", "02/03/2025")
                .replace("2025-02-03", "03/04/2025")
                .replace("2025-02-20", "05/04/2025"),
            205,
            &["t.csv", "\"date\"", "--date-format"],
        ),
        log(
            "days first and months first",
            GOOD.replace("2025-01-15", "15/01/2025").replace("2025-02-20", "02/20/2025"),
            205,
            &["--date-format"],
        ),
        log(
            "points and commas",
            "customer_id;date;amount\nA;2025-01-03;1,5\nB;2025-01-04;2.5\n",
            210,
            &["comma", "point"],
        ),
    ]);
}

#[test]
fn bytes() {
    let mut cut_utf16: Vec<u8> = vec![0xFF, 0xFE];
    cut_utf16.extend(GOOD.encode_utf16().flat_map(u16::to_le_bytes));
    cut_utf16.pop();
    let utf16_without_mark: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    judge(vec![
        log(
            "bytes of no encoding",
            [GOOD.as_bytes(), b"\xFF\xFF\x80,2025-01-03,1\n"].concat(),
            208,
            &["--encoding"],
        ),
        log("zero bytes", [GOOD.as_bytes(), b"\0\0"].concat(), 208, &["zero bytes"]),
        log("UTF-16 without a mark", utf16_without_mark, 208, &["--encoding"]),
        log("UTF-16 cut within a character", cut_utf16, 208, &["UTF-16LE"]),
        log("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), 208, &["t.csv"]),
        log("a workbook that is none", b"PK\x03\x04and no more".as_slice(), 211, &["t.csv", "CSV"]),
        log("gzip cut short", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b".as_slice(), 201, &["t.csv"]),
        log("a Parquet file", b"PAR1\x15\x04\x15".as_slice(), 211, &["Parquet"]),
        Case {
            name: "the wrong encoding by force",
            files: vec![("t.csv", GOOD.replace('A', "宏兴").into())],
            arguments: "--transactions t.csv --encoding shift_jis",
            ends: (3, 208),
            says: &["Shift_JIS"],
        },
    ]);
}

#[test]
fn rows_that_leave_nothing() {
    let rows = |customer: &str, amounts: [&str; 2]| {
        format!(
            "customer_id,date,amount\n{customer},2025-01-03,{}\n{customer},2025-02-03,{}\n",
            amounts[0], amounts[1]
        )
    };
    judge(vec![
        log("nobody is named", rows("", ["1", "2"]), 213, &["hint:"]),
        log("no positive value", rows("A", ["-1", "-2"]), 410, &["positive"]),
        log("only zeros", rows("A", ["0", "0.00"]), 410, &["positive"]),
        Case {
            name: "a date before the data",
            files: vec![("t.csv", GOOD.into())],
            arguments: "--transactions t.csv --as-of 2001-01-01",
            ends: (3, 213),
            says: &["2001-01-01"],
        },
        log(
            "a sum too large",
            "customer_id,date,amount\n".to_owned() + &"A,2025-01-03,80000000000000\n".repeat(20),
            212,
            &["too much", "\"A\""],
        ),
    ]);
}

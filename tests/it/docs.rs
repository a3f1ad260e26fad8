//! What the pages say is so: their commands run, the error index is the program's, recipes load.
//!
//! A command stands in a block marked `console`, on a line that begins with `$ erba` (or with
//! `$ cargo run … -- `, which is the same). It runs in a folder that holds what the pages speak of.

use std::fs;
use std::path::{Path, PathBuf};

use erba::lifetime::{ModelKind, Period, PurchaseModel, simulate};

use crate::program::Desk;

fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                pages.push(path);
            }
        }
    }
    pages.extend(["README.md"].map(PathBuf::from).into_iter().filter(|page| page.exists()));
    pages.sort();
    pages
}

/// The arguments of every `erba` command of a page.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut in_console = false;
    let text = text.replace("\\\n", " ");
    for line in text.lines() {
        if let Some(mark) = line.trim_start().strip_prefix("```") {
            in_console = !in_console && mark.trim() == "console";
            continue;
        }
        let Some(command) = line.trim_start().strip_prefix("$ ").filter(|_| in_console) else { continue };
        let arguments = command.strip_prefix("erba ").or_else(|| {
            let (cargo, arguments) = command.split_once(" -- ")?;
            cargo.starts_with("cargo run").then_some(arguments)
        });
        commands.extend(arguments.map(words));
    }
    commands
}

/// Words as a shell splits them, a comment left out.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for sign in command.chars() {
        match (sign, quote) {
            ('"' | '\'', None) => quote = Some(sign),
            (sign, Some(open)) if sign == open => quote = None,
            ('#' | '>' | '|', None) if word.is_empty() => break,
            (' ', None) => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (sign, _) => word.push(sign),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// A folder with the files that pages name.
fn desk() -> Desk {
    let desk = Desk::new();
    let sample = Path::new("data/sample");
    fs::create_dir_all(desk.path("data/sample")).unwrap();
    for entry in fs::read_dir(sample).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), desk.path("data/sample").join(entry.file_name())).unwrap();
    }
    for name in ["sales", "sales_to_march", "sales_to_june", "sales_to_september", "new_shop"] {
        fs::copy(sample.join("transactions.csv"), desk.path(&format!("{name}.csv"))).unwrap();
    }
    for name in ["customers.csv", "customers.xlsx", "products.csv", "reps.csv", "visits.csv"] {
        fs::copy(sample.join(name), desk.path(name)).unwrap();
    }
    for name in ["mine.toml", "north.toml"] {
        desk.put(name, "base = \"wholesale\"\n[tiering.promote]\nmax_share = 0.03\n");
    }
    desk.put(
        "future.toml",
        "[lifetime]\nenabled = true\nmodel = \"nbd\"\n[scoring]\nmetric = \"lifetime\"\n",
    );
    desk.put("histories.csv", histories());
    desk.put(
        "answers.csv",
        "customer_id,minutes_per_visit,visits_now,sales_zero,sales_now,sales_half_more,sales_max,margin\n\
         A,30,4,50,100,115,140,0.3\nB,45,2,20,60,66,90,0.25\nC,30,6,10,80,95,130,0.3\n",
    );
    desk
}

/// Customers of a known model, as a summary.
fn histories() -> String {
    let model = PurchaseModel::new(ModelKind::BgNbd, Period::Week, [0.6, 5.0, 0.8, 2.5]).unwrap();
    let drawn = simulate(&model, &[50.0; 500], 1).unwrap();
    let rows = drawn.rows().iter().enumerate();
    let rows = rows.map(|(id, row)| format!("c{id},{},{},{}\n", row.x, row.t_x, row.total));
    "customer_id,x,t_x,T\n".to_owned() + &rows.collect::<String>()
}

#[test]
fn commands_of_every_page_run() {
    let mut faults = Vec::new();
    let mut ran = 0;
    for page in pages() {
        let commands = commands(&fs::read_to_string(&page).unwrap());
        if commands.is_empty() {
            continue;
        }
        let desk = desk();
        let makes_result = commands.iter().flatten().any(|word| word == "result");
        if makes_result
            && !commands.iter().any(|command| command.windows(2).any(|pair| pair == ["--out", "result"]))
        {
            desk.done("run --transactions sales.csv --out result");
        }
        for command in commands {
            let outcome = desk.erba(&command);
            ran += 1;
            if outcome.code != 0 {
                let command = command.join(" ");
                faults.push(format!(
                    "{}: erba {command}: exit {}\n{}",
                    page.display(),
                    outcome.code,
                    outcome.stderr
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(ran >= 5, "only {ran} commands were found");
}

#[test]
fn the_error_index_is_the_programs() {
    let page = fs::read_to_string("docs/reference/errors.md").unwrap();
    let told: Vec<&str> = page.lines().filter(|line| line.starts_with("| E")).collect();
    let due: Vec<String> = erba::error::CODES
        .iter()
        .map(|info| format!("| E{} | {} | {} |", info.code, info.exit.code(), info.meaning))
        .collect();
    assert!(told == due, "docs/reference/errors.md should hold\n{}", due.join("\n"));
}

#[test]
fn codes_in_the_source_are_in_the_index() {
    let mut unknown = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for part in fs::read_to_string(&path).unwrap().split("Fault::new(").skip(1) {
                let number = part.trim_start().chars().take_while(char::is_ascii_digit).collect::<String>();
                let Ok(code) = number.parse::<u16>() else { continue };
                if !erba::error::CODES.iter().any(|info| info.code == code) {
                    unknown.push(format!("{}: E{code}", path.display()));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                continue;
            }
            if !page.parent().unwrap().join(file).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
        // Files are also named in code; those of the project must be there.
        for name in
            text.split('`').filter(|name| name.starts_with("docs/") || name.starts_with("models/recipes/"))
        {
            if !name.contains(['*', '<', ' ', '\n']) && !Path::new(name).exists() {
                broken.push(format!("{}: {name}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn shipped_recipes_load_and_run() {
    let desk = desk();
    let mut names: Vec<String> = fs::read_dir("models/recipes")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in names {
        desk.done(&format!("recipe check {name}"));
        let shown = desk.done(&format!("recipe show {name}"));
        desk.put("shown.toml", shown.stdout).done("recipe check shown.toml");
        let out = format!("out-{name}");
        let outcome = desk.erba(["run", "--transactions", "sales.csv", "--recipe", &name, "--out", &out]);
        if outcome.code == 0 {
            desk.checked(&out);
        } else {
            // A recipe may ask for columns the sample does not have; it must say which.
            assert!(outcome.code == 3 && outcome.stderr.contains("column"), "{name}: {}", outcome.stderr);
        }
    }
}

#[test]
fn commands_are_found_in_console_blocks_only() {
    let text = "```console\n$ erba run --map a=\"b c\" # why\n$ cargo run --release -- demo\n$ cargo test\nerba x\n```\n$ erba y\n```\n$ erba z\n```\n";
    assert_eq!(commands(text), [vec!["run", "--map", "a=b c"], vec!["demo"]]);
}

#[test]
fn the_table_of_the_readme_is_what_its_command_writes() {
    let readme = fs::read_to_string("README.md").unwrap();
    let command = readme.lines().find_map(|line| line.strip_prefix("cargo run --release -- ")).unwrap();
    let desk = Desk::new();
    fs::create_dir_all(desk.path("data/sample")).unwrap();
    for entry in fs::read_dir("data/sample").unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, desk.path("data/sample").join(path.file_name().unwrap())).unwrap();
    }
    desk.done(command);
    let told = readme.lines().skip_while(|line| !line.starts_with("| customer_id | tier |"));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let table: Vec<Vec<String>> = told.take_while(|line| line.starts_with('|')).map(cells).collect();
    assert!(table.len() > 3, "a head, a rule and customers");
    let ids = desk.column("result/customers.csv", "customer_id");
    for (place, column) in table[0].iter().enumerate() {
        let found = desk.column("result/customers.csv", column);
        for row in &table[2..] {
            let customer = ids.iter().position(|id| *id == row[0]).unwrap();
            assert_eq!(row[place], found[customer], "{column} of {}", row[0]);
        }
    }
}

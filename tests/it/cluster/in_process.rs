//! `--engine datafusion`.

use crate::program::{Desk, iowa_twice};

use super::{make, run, same};

#[test]
fn datafusion_reads_text_and_parquet_as_the_local_engine_does() {
    let desk = Desk::new();
    make(&desk, 300, 20_000);
    run(&desk, "made/transactions.csv", "local", "");
    run(&desk, "made/transactions.csv", "text", "--engine datafusion");
    run(&desk, "made/log", "folder", "--engine datafusion --parts 5");
    run(&desk, "made/log/*.parquet", "glob", "--engine datafusion --threads 1");
    for out in ["text", "folder", "glob"] {
        same(&desk, "local", out);
        desk.checked(out);
    }
}

#[test]
fn what_finds_no_room_in_memory_waits_on_disk() {
    let desk = Desk::new();
    make(&desk, 4_000, 60_000);
    run(&desk, "made/transactions.csv", "local", "");
    // Half a megabyte for each of four parts: less than their rows and ids take.
    run(&desk, "made/log", "spilt", "--engine datafusion --memory 2M --threads 2");
    same(&desk, "local", "spilt");
}

#[test]
fn days_columns_and_bad_cells_mean_the_same() {
    let desk = Desk::new();
    let rows = [
        "Kunde,date,amount,order_id,rep",
        "A,31/01/2025,\"1.250,50\",o1,Li",
        "B,01/02/2025,\"3,5\",o2,Wu",
        " ,01/02/2025,\"3,5\",o2,Wu",
        "17850.0,02/02/2025,7,o3,",
        "17850,03/02/2025,-2,o4,Li",
        "A,05/03/2025,\"12,25\",o5,Wu",
        "A,06/03/2025,much,o6,Wu",
        "B,never,4,o7,Wu",
    ];
    desk.put("log.csv", rows.join("\n") + "\n");
    let command = "run --transactions log.csv --map customer_id=Kunde --max-reject-share 0.5";
    desk.done(&format!("{command} --as-of 2025-03-05 --out local"));
    desk.done(&format!("{command} --as-of 2025-03-05 --out engine --engine datafusion"));
    assert_eq!(desk.text("local/customers.csv"), desk.text("engine/customers.csv"));
    let rejected = |out: &str| {
        let rows = desk.text(&format!("{out}/rejects.csv"));
        let mut cells: Vec<String> =
            rows.lines().skip(1).map(|row| row.splitn(3, ',').nth(2).unwrap().to_owned()).collect();
        cells.sort();
        cells
    };
    assert_eq!(rejected("local").len(), 2);
    // Everything but the line, which no engine knows.
    assert_eq!(rejected("local"), rejected("engine"));
}

#[test]
fn faults_are_told_as_ever() {
    let desk = Desk::new();
    desk.put("log.csv", "who,date,amount\nA,2025-01-31,1\n");
    for (command, code, words) in [
        ("--transactions log.csv", 3, "E202"),
        ("--transactions nowhere/*.parquet", 3, "E201"),
        ("--transactions log.csv --map customer_id=whom", 3, "E202"),
        ("--transactions log.csv --map customer_id=who --as-of 2024-01-01", 3, "E213"),
    ] {
        let outcome = desk.erba(format!("run --engine datafusion --out out {command}").split_whitespace());
        assert_eq!(outcome.code, code, "{command}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(words), "{command}: {}", outcome.stderr);
        assert!(!desk.path("out").exists());
    }
    let outcome = desk.erba(["run", "--engine", "spark", "--transactions", "log.csv", "--out", "out"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
}

#[test]
fn a_year_of_iowa_is_the_same() {
    let Some((csv, parquet)) = iowa_twice() else { return };
    let desk = Desk::new();
    for (log, out, more) in [(csv, "local", ""), (parquet, "engine", "--engine datafusion")] {
        desk.done(&format!("run --transactions {} --out {out} {more}", log.display()));
    }
    assert_eq!(desk.text("local/customers.csv"), desk.text("engine/customers.csv"));
}

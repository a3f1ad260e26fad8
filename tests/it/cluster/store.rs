//! Logs in an object store that speaks S3.
//!
//! The store is moto's server, from `PyPI`: the S3 that most AWS test suites run against, and the clean machine of CI
//! has Python but neither Node nor containers. `ERBA_MOTO` names its program.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures::StreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::program::Desk;

use super::machines::{Machines, free};
use super::{make, run, same};

struct Store(Child, String);

impl Store {
    /// None, with a word about it, where there is no such program.
    #[expect(clippy::print_stdout, reason = "a test that skips says so")]
    fn start(desk: &Desk) -> Option<Self> {
        let program = std::env::var_os("ERBA_MOTO").unwrap_or_else(|| "moto_server".into());
        let port = free();
        let server = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .current_dir(desk.path("."))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(server) = server else {
            println!("skipped: there is no moto_server (pip install 'moto[server]'); ERBA_MOTO names it");
            return None;
        };
        let store = Store(server, format!("http://127.0.0.1:{port}"));
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(store);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("moto_server does not listen");
    }

    /// What a machine must know of the store.
    fn environment(&self) -> [(&'static str, &str); 5] {
        [
            ("AWS_ENDPOINT", &self.1),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "us-east-1"),
        ]
    }

    /// Makes the bucket and puts the Parquet files of a folder into it.
    fn fill(&self, folder: &std::path::Path) {
        // A bucket is made by a bare PUT: this store asks for no signature.
        let host = self.1.trim_start_matches("http://");
        let mut line = TcpStream::connect(host).unwrap();
        write!(line, "PUT /sales HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let store = self.bucket();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let key = Path::from(format!("log/{}", entry.file_name().to_str().unwrap()));
            let bytes = std::fs::read(entry.path()).unwrap();
            runtime.block_on(store.put(&key, PutPayload::from(bytes))).unwrap();
        }
    }
}

impl Store {
    fn bucket(&self) -> impl ObjectStore {
        let store = AmazonS3Builder::new().with_bucket_name("sales").with_endpoint(&self.1);
        let store = store.with_allow_http(true).with_access_key_id("key").with_secret_access_key("secret");
        store.build().unwrap()
    }

    /// How many customers lie in a place, where nothing else may lie, and whether they are said to be whole.
    fn customers(&self, place: &str) -> (usize, bool) {
        let store = self.bucket();
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let (mut lines, mut whole) = (0, false);
            let listed = store.list(Some(&Path::from(place))).map(|file| file.unwrap().location);
            for file in listed.collect::<Vec<_>>().await {
                assert!(file.as_ref().starts_with(&format!("{place}/customers/")), "{file}");
                let bytes = store.get(&file).await.unwrap().bytes().await.unwrap();
                if file.filename() == Some("_SUCCESS") {
                    whole = true;
                } else {
                    let rows =
                        SerializedFileReader::new(bytes).unwrap().metadata().file_metadata().num_rows();
                    lines += rows as usize;
                }
            }
            (lines, whole)
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_bucket_is_read_as_a_folder_is() {
    let mut desk = Desk::new();
    make(&desk, 300, 20_000);
    run(&desk, "made/transactions.csv", "local", "");
    let Some(store) = Store::start(&desk) else { return };
    store.fill(&desk.path("made/log"));
    desk.environment = store.environment().map(|(name, value)| (name, value.to_owned())).to_vec();
    run(&desk, "s3://sales/log/", "process", "--engine datafusion");
    let machines = Machines::start(&desk, 2);
    run(&desk, "s3://sales/log/*.parquet", "cluster", &machines.engine());
    for out in ["process", "cluster"] {
        same(&desk, "local", out);
    }
    // Keys of the store are no part of what is written down.
    assert!(!desk.text("cluster/summary.json").contains("secret"));
}

#[test]
fn customers_stay_in_a_bucket() {
    let mut desk = Desk::new();
    make(&desk, 900, 20_000);
    desk.put("few.toml", "[typing]\nfit_customers = 300\n");
    let command = "run --products made/products.csv --recipe few.toml --no-registry";
    desk.done(&format!("{command} --transactions made/transactions.csv --out local"));
    let Some(store) = Store::start(&desk) else { return };
    store.fill(&desk.path("made/log"));
    desk.environment = store.environment().map(|(name, value)| (name, value.to_owned())).to_vec();
    let machines = Machines::start(&desk, 2);
    for (out, engine) in [("process", "--engine datafusion".to_owned()), ("cluster", machines.engine())] {
        let command = format!("{command} --transactions s3://sales/log/ {engine} --spread s3://sales/{out}");
        desk.done(&format!("{command} --out {out}"));
        same(&desk, "local", out);
        assert_eq!(desk.text("local/model.json"), desk.text(&format!("{out}/model.json")));
        let (lines, whole) = store.customers(out);
        assert_eq!((lines, whole), (desk.column("local/customers.csv", "customer_id").len(), true));
        let again = desk.erba(format!("{command} --out again").split_whitespace());
        assert!(again.code != 0 && again.stderr.contains("E103"), "{}", again.stderr);
    }
}

//! A scheduler and executors as processes of their own.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::Desk;

/// A cluster that ends with the test.
pub(super) struct Machines<'d> {
    desk: &'d Desk,
    place: SocketAddr,
    scheduler: Child,
    executors: Vec<Child>,
}

impl<'d> Machines<'d> {
    pub(super) fn start(desk: &'d Desk, executors: usize) -> Self {
        let place = SocketAddr::from(([127, 0, 0, 1], free()));
        let mut machines = Machines { desk, place, scheduler: scheduler(desk, place), executors: Vec::new() };
        for _ in 0..executors {
            machines.add_executor();
        }
        machines
    }

    /// As `--engine` wants it.
    pub(super) fn engine(&self) -> String {
        format!("--engine ballista://{} --parts 4", self.place)
    }

    pub(super) fn add_executor(&mut self) {
        let own = SocketAddr::from(([127, 0, 0, 1], free()));
        let scheduler = self.place.to_string();
        let bind = own.to_string();
        self.executors.push(start(
            self.desk,
            &["executor", "--scheduler", &scheduler, "--bind", &bind, "--cores", "1", "--heartbeat", "1"],
            own,
        ));
    }

    /// As the power failing: no word to anybody.
    pub(super) fn kill_executor(&mut self) {
        let mut executor = self.executors.remove(0);
        executor.kill().unwrap();
        executor.wait().unwrap();
    }

    pub(super) fn kill_scheduler(&mut self) {
        self.scheduler.kill().unwrap();
        self.scheduler.wait().unwrap();
    }

    pub(super) fn restart_scheduler(&mut self) {
        self.scheduler = scheduler(self.desk, self.place);
    }
}

impl Drop for Machines<'_> {
    fn drop(&mut self) {
        for machine in self.executors.iter_mut().chain([&mut self.scheduler]) {
            let _ = machine.kill();
            let _ = machine.wait();
        }
    }
}

fn scheduler(desk: &Desk, place: SocketAddr) -> Child {
    start(desk, &["scheduler", "--bind", &place.to_string(), "--silence", "4"], place)
}

/// Starts a machine and waits until it listens.
fn start(desk: &Desk, arguments: &[&str], place: SocketAddr) -> Child {
    let mut machine = Command::new(assert_cmd::cargo::cargo_bin("erba"))
        .arg("cluster")
        .args(arguments)
        .env("TMPDIR", desk.path("."))
        .envs(desk.environment.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..600 {
        if TcpStream::connect(place).is_ok() {
            return machine;
        }
        assert!(machine.try_wait().unwrap().is_none(), "{arguments:?} ended at once");
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{arguments:?} does not listen");
}

/// A port that is free, as is the one above it.
pub(super) fn free() -> u16 {
    loop {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
}

//! Who adds the rows up.

use crate::domain::{Day, Window};
use crate::error::Result;
use crate::features::{Collected, FeatureTable, Sources, collect};
use crate::ingest::{ReadOptions, TransactionLog};

use super::Request;

/// Where rows are read and added up; what comes out is the same to the last bit.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Engine {
    /// By this program, each file split among threads.
    #[default]
    Local,
    /// By an engine that other machines may be part of.
    #[cfg(feature = "cluster")]
    Cluster(crate::cluster::Target, crate::cluster::ClusterSettings),
}

impl std::str::FromStr for Engine {
    type Err = String;

    #[cfg(feature = "cluster")]
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "local" => Ok(Engine::Local),
            _ => Ok(Engine::Cluster(text.parse()?, crate::cluster::ClusterSettings::default())),
        }
    }

    #[cfg(not(feature = "cluster"))]
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "local" => Ok(Engine::Local),
            _ => Err(format!(
                "\"{text}\" is not an engine of this build: it has local only (cargo build --features cluster adds datafusion and ballista://HOST:PORT)"
            )),
        }
    }
}

impl Engine {
    /// True if this program reads the log itself.
    pub(crate) fn is_local(&self) -> bool {
        *self == Engine::Local
    }
}

/// Reads the log, with the tables beside it.
pub(super) fn collect_all(request: &Request, sources: Sources, options: &ReadOptions) -> Result<Collected> {
    let params = &request.recipe.features;
    match &request.engine {
        Engine::Local => collect(sources, request.as_of, request.window, params, options),
        #[cfg(feature = "cluster")]
        Engine::Cluster(target, settings) => {
            let Sources { customers, products, .. } = sources;
            let products = products.unwrap_or_default();
            let mut headers = vec![products.header.as_slice()];
            headers.extend(customers.as_ref().map(|table| table.header.as_slice()));
            let days = (request.as_of, request.window);
            let engine = (target, settings);
            let folded =
                crate::cluster::fold(engine, &names(request), &headers, &products, days, params, options)?;
            crate::features::join(Some(folded), customers, products, request.as_of)
        }
    }
}

/// The log alone, all of it up to a day.
pub(super) fn table_up_to(request: &Request, as_of: Day, options: &ReadOptions) -> Result<FeatureTable> {
    let log = if request.engine.is_local() {
        Some(TransactionLog::open(&request.transactions, options)?)
    } else {
        None
    };
    let request = Request { as_of: Some(as_of), window: Window::All, ..request.clone() };
    let sources = Sources { log, ..Sources::default() };
    collect_all(&request, sources, options).map(|collected| collected.table)
}

#[cfg(feature = "cluster")]
pub(super) fn names(request: &Request) -> Vec<String> {
    request.transactions.iter().map(|path| path.display().to_string()).collect()
}

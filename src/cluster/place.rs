//! Where customers stay: a folder or a prefix in an object store that every machine sees.

use datafusion::common::Result as EngineResult;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};

use crate::error::{Fault, Result};

/// The mark that everything is there, as many engines know it.
const DONE: &str = "_SUCCESS";

/// A place with a slash at its end.
pub(super) struct Place(String);

impl Place {
    /// Understands a folder or an address.
    ///
    /// # Errors
    /// E103 if a folder's path cannot be.
    pub(super) fn named(name: &str) -> Result<Place> {
        let mut place = if name.contains("://") {
            name.to_owned()
        } else {
            let wrong = |fault| Fault::new(103, format!("\"{name}\" is no folder: {fault}"));
            let path = std::path::absolute(name).map_err(wrong)?;
            std::fs::create_dir_all(&path).map_err(wrong)?;
            path.display().to_string()
        };
        if !place.ends_with('/') {
            place.push('/');
        }
        Ok(Place(place))
    }

    pub(super) fn within(&self, name: &str) -> String {
        format!("{}{name}", self.0)
    }

    async fn list(&self, session: &SessionContext, folder: &str) -> EngineResult<Vec<Path>> {
        let url = ListingTableUrl::parse(self.within(folder))?;
        let store = session.runtime_env().object_store(&url)?;
        let listed = store.list(Some(url.prefix())).map_ok(|found| found.location);
        let mut files: Vec<Path> = listed.try_collect().await?;
        files.sort_unstable();
        Ok(files)
    }

    /// The files of a folder, by name, as a plan names them.
    pub(super) async fn files(&self, session: &SessionContext, folder: &str) -> EngineResult<Vec<String>> {
        let url = ListingTableUrl::parse(self.within(folder))?;
        let names = self.list(session, folder).await?.into_iter();
        let names = names.filter(|file| file.extension() == Some("parquet"));
        Ok(names.map(|file| format!("{}{file}", url.object_store().as_str())).collect())
    }

    /// Nothing may lie here: old files would be read with the new ones.
    pub(super) async fn must_be_empty(&self, session: &SessionContext) -> EngineResult<Result<()>> {
        Ok(match self.list(session, "").await?.first() {
            None => Ok(()),
            Some(file) => Err(Fault::new(103, format!("{} is not empty: there is {file}", self.0))
                .hint("name an empty place with --spread")
                .into()),
        })
    }

    /// Removes a folder with what it holds.
    pub(super) async fn remove(&self, session: &SessionContext, folder: &str) -> EngineResult<()> {
        let url = ListingTableUrl::parse(self.within(folder))?;
        let store = session.runtime_env().object_store(&url)?;
        for file in self.list(session, folder).await? {
            store.delete(&file).await?;
        }
        if url.scheme() == "file" {
            // Its files are gone; an empty folder left behind does no harm.
            let _ = std::fs::remove_dir_all(self.within(folder));
        }
        Ok(())
    }

    /// Marks a folder as whole.
    pub(super) async fn mark(&self, session: &SessionContext, folder: &str) -> EngineResult<()> {
        let url = ListingTableUrl::parse(self.within(&format!("{folder}{DONE}")))?;
        let store = session.runtime_env().object_store(&url)?;
        store.put(url.prefix(), PutPayload::default()).await?;
        Ok(())
    }
}

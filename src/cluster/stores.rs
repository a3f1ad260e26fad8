//! Where files are: on a file system, or in an object store that speaks S3.

use std::sync::Arc;

use datafusion::common::{DataFusionError, Result, plan_err};
use datafusion::execution::object_store::ObjectStoreRegistry;
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use url::Url;

/// Opens object stores as they are named.
///
/// Keys, region and endpoint are those of the machine that opens the store, from the usual variables
/// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`, `AWS_ALLOW_HTTP`) or the role of
/// the machine: no key ever travels in a plan.
#[derive(Debug, Default)]
pub(super) struct Stores;

impl ObjectStoreRegistry for Stores {
    fn register_store(&self, _: &Url, _: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        None
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        match (url.scheme(), url.host_str()) {
            ("" | "file", _) => Ok(Arc::new(LocalFileSystem::new())),
            ("s3" | "s3a", Some(bucket)) => {
                let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build();
                Ok(Arc::new(store.map_err(|fault| DataFusionError::ObjectStore(Box::new(fault)))?))
            }
            _ => {
                plan_err!("\"{url}\" is neither a file nor in an object store that speaks S3 (s3://bucket/…)")
            }
        }
    }
}

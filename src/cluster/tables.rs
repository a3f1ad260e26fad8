//! Files as a table of the engine.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::{Result, plan_datafusion_err, plan_err};
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::prelude::{DataFrame, SessionContext};
use futures::TryStreamExt;
use url::Url;

use crate::domain::Fingerprint;

/// Files that are read as one table.
pub(super) struct Files {
    /// As the user named them.
    pub(super) label: String,
    urls: Vec<ListingTableUrl>,
    options: ListingOptions,
    text: bool,
}

impl Files {
    /// Understands names: files, folders, globs and `s3://` addresses.
    pub(super) fn named(names: &[String]) -> Result<Self> {
        let is_text = |name: &String| {
            let name = name.to_ascii_lowercase();
            [".csv", ".tsv", ".txt"].iter().any(|ending| name.ends_with(ending))
        };
        let text = names.iter().any(is_text);
        if text && !names.iter().all(is_text) {
            return plan_err!("the engine reads either text or Parquet in one run, not both");
        }
        let urls = names.iter().map(|name| place(name)).collect::<Result<Vec<_>>>()?;
        // A folder may hold marks and logs beside its files; a name that is given is meant.
        let whole = urls.iter().all(|url| !url.is_collection() && url.get_glob().is_none());
        let options = if text {
            let tabs = names.iter().all(|name| name.to_ascii_lowercase().ends_with(".tsv"));
            let format = CsvFormat::default().with_has_header(true);
            let format = format.with_delimiter(if tabs { b'\t' } else { b',' });
            ListingOptions::new(Arc::new(format)).with_file_extension("")
        } else {
            let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
            options.with_file_extension(if whole { "" } else { ".parquet" })
        };
        Ok(Files { label: names.join(" + "), urls, options, text })
    }

    /// The table, its columns as the files have them, cells of text files as text.
    pub(super) async fn table(&self, session: &SessionContext) -> Result<DataFrame> {
        let config = ListingTableConfig::new_with_multi_paths(self.urls.clone())
            .with_listing_options(self.options.clone());
        let mut config = config.infer_schema(&session.state()).await?;
        if self.text
            && let Some(schema) = config.file_schema.take()
        {
            let fields = schema.fields().iter();
            let fields: Vec<Field> =
                fields.map(|field| Field::new(field.name(), DataType::Utf8View, true)).collect();
            config = config.with_schema(Arc::new(Schema::new(fields)));
        }
        session.read_table(Arc::new(ListingTable::try_new(config)?))
    }

    /// A hash of the files: of their bytes, in order of their names, where they lie on a file system; of their
    /// names, sizes and tags in an object store, which nobody wants to read twice.
    pub(super) async fn sha256(&self, session: &SessionContext) -> Result<String> {
        let state = session.state();
        let mut fingerprint = Fingerprint::default();
        for url in &self.urls {
            let store = session.runtime_env().object_store(url)?;
            let listed = url.list_all_files(&state, store.as_ref(), &self.options.file_extension).await?;
            let mut files: Vec<_> = listed.try_collect().await?;
            files.sort_unstable_by(|a, b| a.location.cmp(&b.location));
            for file in files {
                if url.scheme() == "file" {
                    let path = Path::new("/").join(file.location.as_ref());
                    fingerprint.read(&mut std::fs::File::open(path)?)?;
                } else {
                    fingerprint.add(format!("{}\t{}\t{:?}\n", file.location, file.size, file.e_tag));
                }
            }
        }
        Ok(fingerprint.hex())
    }
}

/// A file, a folder or a glob; behind an address, too, the engine knows of globs only when told.
fn place(name: &str) -> Result<ListingTableUrl> {
    let glob = name.find(['*', '?', '[']).filter(|_| name.contains("://"));
    let Some((folder, pattern)) = glob.and_then(|glob| name.split_at_checked(name[..glob].rfind('/')? + 1))
    else {
        return ListingTableUrl::parse(name);
    };
    let wrong = |fault: &dyn std::fmt::Display| plan_datafusion_err!("\"{name}\" is no address: {fault}");
    let folder = Url::parse(folder).map_err(|fault| wrong(&fault))?;
    let pattern = glob::Pattern::new(pattern).map_err(|fault| wrong(&fault))?;
    ListingTableUrl::try_new(folder, Some(pattern))
}

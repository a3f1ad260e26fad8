//! `model.json`: what the run learned, for `erba score`.
//!
//! Objects are indented, lists stay on one line: a ladder of two thousand numbers is one line, not two thousand.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::error::Result;
use crate::model::FittedModel;

pub(super) fn write(model: &FittedModel, path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path).map_err(super::not_written(path))?);
    let mut serializer = Serializer::with_formatter(&mut file, Layout(PrettyFormatter::new()));
    model.serialize(&mut serializer).map_err(|fault| super::not_written(path)(fault.into()))?;
    file.write_all(b"\n").and_then(|()| file.flush()).map_err(super::not_written(path))
}

struct Layout<'a>(PrettyFormatter<'a>);

impl Formatter for Layout<'_> {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

//! A file as a stream of UTF-8 text, whatever it is stored as.
//!
//! Text in UTF-8, UTF-16 with a byte order mark, GB18030/GBK; gzip or zstd around it; workbooks, whose
//! first sheet is read as if it had been saved as CSV, so that everything behind this file knows
//! one form only.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Sheets};
use encoding_rs::{Encoding, GB18030, UTF_8};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use crate::domain::Fingerprint;
use crate::error::{Fault, Result};

/// A file found readable, with what is needed to read it again and again.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    /// As the user named it.
    pub(super) label: String,
    kind: Kind,
    encoding: &'static Encoding,
    /// True if only the start was looked at and all of it was ASCII.
    assumed: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Text,
    Gzip,
    Zstd,
    /// The first sheet as CSV.
    Workbook(Vec<u8>),
    #[cfg(feature = "parquet")]
    Parquet(super::parquet::Dataset),
}

const CHUNK: usize = 1 << 18;

pub(super) fn unreadable(path: &Path, fault: &io::Error) -> Fault {
    let hint = match fault.kind() {
        io::ErrorKind::NotFound => "check the path: there is no such file",
        io::ErrorKind::PermissionDenied => "check who may read the file",
        _ => "check that it is a file and can be opened",
    };
    Fault::new(201, format!("cannot be read ({fault})")).in_file(path).hint(hint)
}

/// The whole text of a file as UTF-8, without byte order mark: unzipped, its encoding detected, a workbook's first sheet
/// as CSV.
///
/// # Errors
/// E201, E206, E208 and E211 if it cannot be read.
pub fn read_text(path: &Path) -> Result<Vec<u8>> {
    let source = Source::open(path, None)?;
    let mut whole = Vec::new();
    let mut text = source.text()?;
    while text.read_more(&mut whole, CHUNK)? {}
    Ok(whole)
}

impl Source {
    /// Looks at the file's first bytes, and for text at the first that are not ASCII.
    ///
    /// # Errors
    /// E201 if it cannot be opened, E206 if it is empty, E208 if its encoding is not known, E211
    /// if it is a workbook that cannot be read.
    pub(super) fn open(path: &Path, encoding: Option<&'static Encoding>) -> Result<Self> {
        #[cfg(feature = "parquet")]
        if let Some(dataset) = super::parquet::Dataset::find(path)? {
            let label = path.display().to_string();
            let kind = Kind::Parquet(dataset);
            return Ok(Source { path: path.to_owned(), label, kind, encoding: UTF_8, assumed: false });
        }
        #[cfg(not(feature = "parquet"))]
        super::parquet::refuse(path)?;
        let mut head = Vec::new();
        let file = File::open(path).map_err(|fault| unreadable(path, &fault))?;
        file.take(8).read_to_end(&mut head).map_err(|fault| unreadable(path, &fault))?;
        if head.is_empty() {
            return Err(Fault::new(206, "is empty")
                .in_file(path)
                .hint("give a file with a header and rows")
                .into());
        }
        let mut source = Source {
            path: path.to_owned(),
            label: path.display().to_string(),
            kind: Kind::Text,
            encoding: UTF_8,
            assumed: false,
        };
        if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            source.kind = Kind::Workbook(sheet_as_csv(path)?);
            return Ok(source);
        }
        if head.starts_with(&[0x1F, 0x8B]) {
            source.kind = Kind::Gzip;
        }
        if head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
            source.kind = Kind::Zstd;
        }
        source.encoding = match encoding {
            Some(encoding) => encoding,
            None => source.detect_encoding(true)?.unwrap_or_else(|| {
                source.assumed = true;
                UTF_8
            }),
        };
        Ok(source)
    }

    /// The same file with its encoding found out from all of it; none if that is no news.
    ///
    /// # Errors
    /// E208 if its encoding is not known.
    pub(super) fn looked_through(&self) -> Result<Option<Self>> {
        if !self.assumed {
            return Ok(None);
        }
        let encoding = self.detect_encoding(false)?.unwrap_or(UTF_8);
        Ok((encoding != self.encoding).then(|| Source { encoding, assumed: false, ..self.clone() }))
    }

    /// Bytes on disk, for progress.
    pub(super) fn size(&self) -> u64 {
        match &self.kind {
            Kind::Workbook(csv) => csv.len() as u64,
            #[cfg(feature = "parquet")]
            Kind::Parquet(dataset) => dataset.size(),
            _ => std::fs::metadata(&self.path).map_or(0, |facts| facts.len()),
        }
    }

    /// The text's raw bytes: unzipped, not yet decoded.
    fn raw(&self) -> Result<Box<dyn Read + Send + '_>> {
        if let Kind::Workbook(csv) = &self.kind {
            return Ok(Box::new(Cursor::new(csv.as_slice())));
        }
        #[cfg(feature = "parquet")]
        if self.dataset().is_some() {
            let fault = Fault::new(211, "is Parquet where text is wanted").in_file(&self.path);
            return Err(fault.hint("save it as CSV").into());
        }
        let file = File::open(&self.path).map_err(|fault| unreadable(&self.path, &fault))?;
        Ok(match self.kind {
            Kind::Gzip => Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(CHUNK, file))),
            Kind::Zstd => Box::new(Frames { file: Some(BufReader::with_capacity(CHUNK, file)), frame: None }),
            _ => Box::new(file),
        })
    }

    /// None if all that was looked at is ASCII: the first chunk, or the whole file.
    fn detect_encoding(&self, first_only: bool) -> Result<Option<&'static Encoding>> {
        let mut reader = self.raw()?;
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut first = true;
        loop {
            chunk.clear();
            reader
                .by_ref()
                .take(CHUNK as u64)
                .read_to_end(&mut chunk)
                .map_err(|fault| unreadable(&self.path, &fault))?;
            if chunk.is_empty() {
                return Ok(None);
            }
            if first && let Some((encoding, _)) = Encoding::for_bom(&chunk) {
                return Ok(Some(encoding));
            }
            if chunk.contains(&0) {
                return Err(self.unknown_encoding("holds zero bytes").into());
            }
            let Some(start) = chunk.iter().position(|byte| !byte.is_ascii()) else {
                if first_only {
                    return Ok(None);
                }
                first = false;
                continue;
            };
            // A character may be cut at the end of the chunk; one more read completes it.
            reader
                .take(CHUNK as u64)
                .read_to_end(&mut chunk)
                .map_err(|fault| unreadable(&self.path, &fault))?;
            return self.judge(&chunk[start..]).map(Some);
        }
    }

    fn judge(&self, text: &[u8]) -> Result<&'static Encoding> {
        let whole_utf8 = match std::str::from_utf8(text) {
            Ok(_) => true,
            Err(fault) => fault.error_len().is_none(),
        };
        if whole_utf8 {
            return Ok(UTF_8);
        }
        let lines = memchr::memrchr(b'\n', text).map_or(text, |end| &text[..end]);
        if GB18030.decode_without_bom_handling_and_without_replacement(lines).is_some() {
            return Ok(GB18030);
        }
        Err(self.unknown_encoding("is neither UTF-8 nor GB18030").into())
    }

    fn unknown_encoding(&self, cause: &str) -> Fault {
        Fault::new(208, cause)
            .in_file(&self.path)
            .hint("say how it is encoded, for example --encoding windows-1252, or save it as UTF-8")
    }

    /// The text as UTF-8, without byte order mark.
    pub(super) fn text(&self) -> Result<Text<'_>> {
        let decoder = (!matches!(self.kind, Kind::Workbook(_)))
            .then(|| (self.encoding != UTF_8).then(|| self.encoding.new_decoder_with_bom_removal()))
            .flatten();
        Ok(Text { source: self, reader: self.raw()?, decoder, raw: Vec::new(), started: false })
    }

    /// The Parquet files, if it is such.
    #[cfg(feature = "parquet")]
    pub(super) fn dataset(&self) -> Option<&super::parquet::Dataset> {
        match &self.kind {
            Kind::Parquet(dataset) => Some(dataset),
            _ => None,
        }
    }

    /// The files, in order: one, or those that are read as one table.
    fn files(&self) -> Vec<&Path> {
        match &self.kind {
            #[cfg(feature = "parquet")]
            Kind::Parquet(dataset) => dataset.paths().collect(),
            _ => vec![&self.path],
        }
    }

    /// The file as the user named it and a line of it; of several files read as one, the one that has the line.
    pub(super) fn located(&self, line: u64) -> (String, u64) {
        match &self.kind {
            #[cfg(feature = "parquet")]
            Kind::Parquet(dataset) => dataset.located(line),
            _ => (self.label.clone(), line),
        }
    }

    /// SHA-256 of the file's bytes, lower-case hex; of several files, of their bytes one after the other.
    pub(super) fn sha256(&self) -> Result<String> {
        let mut fingerprint = Fingerprint::default();
        for path in self.files() {
            let mut file = File::open(path).map_err(|fault| unreadable(path, &fault))?;
            fingerprint.read(&mut file).map_err(|fault| unreadable(path, &fault))?;
        }
        Ok(fingerprint.hex())
    }
}

/// The text of a zstd file, frame after frame: files written in parallel have several.
struct Frames {
    /// None while a frame is being read.
    file: Option<BufReader<File>>,
    frame: Option<Box<StreamingDecoder<BufReader<File>, FrameDecoder>>>,
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let read = frame.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                self.file = self.frame.take().map(|frame| frame.into_inner());
            }
            let Some(mut file) = self.file.take() else { return Ok(0) };
            if file.fill_buf()?.is_empty() {
                return Ok(0);
            }
            let frame = StreamingDecoder::new(file).map_err(io::Error::other)?;
            self.frame = Some(Box::new(frame));
        }
    }
}

/// A stream of UTF-8 bytes.
pub(super) struct Text<'a> {
    source: &'a Source,
    reader: Box<dyn Read + Send + 'a>,
    decoder: Option<encoding_rs::Decoder>,
    raw: Vec<u8>,
    started: bool,
}

impl Text<'_> {
    /// Appends up to about `size` bytes to `buffer`; false at the end of the file.
    pub(super) fn read_more(&mut self, buffer: &mut Vec<u8>, size: usize) -> Result<bool> {
        let path = &self.source.path;
        let start = buffer.len();
        let Some(decoder) = &mut self.decoder else {
            let read = self.reader.by_ref().take(size as u64).read_to_end(buffer);
            let read = read.map_err(|fault| unreadable(path, &fault))?;
            if !self.started && read > 0 {
                self.started = true;
                if buffer[start..].starts_with(&[0xEF, 0xBB, 0xBF]) {
                    buffer.drain(start..start + 3);
                }
            }
            return Ok(read > 0);
        };
        self.raw.clear();
        let read = self.reader.by_ref().take(size as u64).read_to_end(&mut self.raw);
        let read = read.map_err(|fault| unreadable(path, &fault))?;
        let mut from = 0;
        loop {
            let room =
                decoder.max_utf8_buffer_length_without_replacement(self.raw.len() - from).unwrap_or(size * 4);
            let end = buffer.len();
            buffer.resize(end + room, 0);
            let (outcome, taken, written) =
                decoder.decode_to_utf8_without_replacement(&self.raw[from..], &mut buffer[end..], read == 0);
            buffer.truncate(end + written);
            from += taken;
            match outcome {
                encoding_rs::DecoderResult::InputEmpty => break,
                encoding_rs::DecoderResult::OutputFull => {}
                encoding_rs::DecoderResult::Malformed(..) => {
                    let name = self.source.encoding.name();
                    let near =
                        String::from_utf8_lossy(&buffer[buffer.len().saturating_sub(40)..]).into_owned();
                    let near = near.lines().last().unwrap_or_default().to_owned();
                    return Err(Fault::new(208, format!("is not {name} throughout (after \"{near}\")"))
                        .in_file(path)
                        .hint("name the right encoding with --encoding, or save the file as UTF-8")
                        .into());
                }
            }
        }
        Ok(read > 0 || buffer.len() > start)
    }
}

/// The first sheet that holds anything, as CSV in UTF-8; row n of the sheet is line n.
fn sheet_as_csv(path: &Path) -> Result<Vec<u8>> {
    let broken = |fault: &dyn std::fmt::Display| {
        Fault::new(211, format!("is not a workbook that can be read ({fault})"))
            .in_file(path)
            .hint("save it again as .xlsx, or as CSV in UTF-8")
    };
    let bytes = std::fs::read(path).map_err(|fault| unreadable(path, &fault))?;
    let mut book: Sheets<_> =
        calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|fault| broken(&fault))?;
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(|fault| broken(&fault))?;
        let Some((first_row, _)) = range.start() else { continue };
        let mut csv = vec![b'\n'; first_row as usize];
        for row in range.rows() {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    csv.push(b',');
                }
                write_cell(&mut csv, cell);
            }
            // A row of blanks is no record.
            let line = memchr::memrchr(b'\n', &csv).map_or(0, |end| end + 1);
            if csv[line..].iter().all(|byte| *byte == b',') {
                csv.truncate(line);
            }
            csv.push(b'\n');
        }
        return Ok(csv);
    }
    Err(Fault::new(206, "has no sheet with cells")
        .in_file(path)
        .hint("give a sheet with a header and rows")
        .into())
}

fn write_cell(csv: &mut Vec<u8>, cell: &Data) {
    let text = match cell {
        Data::Empty => return,
        Data::Float(number) => plain_number(*number),
        Data::Int(number) => number.to_string(),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTime(span) => plain_number(span.as_f64()),
        other => other.to_string(),
    };
    // The sheet may hold line breaks inside a cell; lines of the CSV must stay rows of the sheet.
    let text = text.replace(['\r', '\n'], " ");
    csv.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            csv.push(b'"');
        }
        csv.push(byte);
    }
    csv.push(b'"');
}

/// A number as its sheet shows it: whole numbers without a point.
fn plain_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(bytes: &[u8], encoding: Option<&'static Encoding>) -> Result<String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let source = Source::open(file.path(), encoding)?;
        let mut text = source.text()?;
        let mut buffer = Vec::new();
        while text.read_more(&mut buffer, 7)? {}
        Ok(String::from_utf8(buffer).unwrap())
    }

    #[test]
    fn encodings_are_found() {
        let words = "客户编号,销售额\n甲,1\n";
        let utf16: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(words.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let with_mark = [&[0xEF, 0xBB, 0xBF], words.as_bytes()].concat();
        for bytes in [words.as_bytes(), &with_mark, &GB18030.encode(words).0, &utf16] {
            assert_eq!(read(bytes, None).unwrap(), words);
        }
    }

    #[test]
    fn gzip_is_unpacked() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"a,b\n1,2\n").unwrap();
        assert_eq!(read(&packed.finish().unwrap(), None).unwrap(), "a,b\n1,2\n");
    }

    #[test]
    fn zstd_is_unpacked_frame_by_frame() {
        // `printf 'a,b\n1,2\n' | zstd` and `printf '3,4\n' | zstd`, one behind the other.
        let frames = [
            b"\x28\xB5\x2F\xFD\x04\x58\x41\x00\x00a,b\n1,2\n\x35\xE7\xCA\xCE".as_slice(),
            b"\x28\xB5\x2F\xFD\x04\x58\x21\x00\x003,4\n\xAF\x86\x7E\xE4",
        ]
        .concat();
        assert_eq!(read(&frames, None).unwrap(), "a,b\n1,2\n3,4\n");
        assert!(read(&frames[..frames.len() - 6], None).unwrap_err().has_code(201));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(read(b"", None).unwrap_err().has_code(206));
        assert!(read(b"a,b\n\0\0", None).unwrap_err().has_code(208));
        assert!(read(b"caf\xE9,1\n", None).unwrap_err().has_code(208));
        assert_eq!(read(b"caf\xE9,1\n", Some(encoding_rs::WINDOWS_1252)).unwrap(), "café,1\n");
        assert!(read(b"PK\x03\x04rubbish", None).unwrap_err().has_code(211));
        assert!(read(b"ab\xFF\xFF", Some(GB18030)).unwrap_err().has_code(208));
    }
}

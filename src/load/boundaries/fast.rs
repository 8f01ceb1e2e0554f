//! How is a large GeoJSON file read quickly?
//!
//! A few megabytes at a time: the features are told apart by their braces, and then read on all
//! threads; coordinates are read digit by digit. Whatever is unusual gives `None`, and the file is
//! read the slow way, whose messages tell what is wrong and where.

use std::io::{self, Read};

use geo::Coord;
use memchr::{memchr2, memchr3};
use rayon::prelude::*;
use serde_json::{Map, Value};

use super::feature::{Collection, Feature, RawGeometry, Ring, Shells};
use super::geojson::crs_of;
use crate::load::cell;

/// Bytes that are read at a time.
const PIECE: usize = 4 << 20;

/// The features of a FeatureCollection, with all their properties or `only` these; `None` where it
/// is no sound one, or an unusual one.
pub(super) fn read(from: impl Read, only: Option<&[&str]>) -> io::Result<Option<Collection>> {
    read_by(PIECE, from, only)
}

fn read_by(piece: usize, from: impl Read, only: Option<&[&str]>) -> io::Result<Option<Collection>> {
    let mut window = Window { from, bytes: Vec::new(), piece, is_last: false };
    window.read_on(0)?;
    if window.bytes.starts_with(b"\xef\xbb\xbf") {
        window.read_on(3)?;
    }
    let mut members = Members::default();
    let Some(mut at) = members.before_features(&window.bytes) else { return Ok(None) };
    let mut features = Vec::new();
    loop {
        let Some(Elements { list, end, is_over }) = Elements::of(&window.bytes, at) else {
            return Ok(None);
        };
        let read: Vec<Option<Feature>> = list
            .into_par_iter()
            .map_init(Vec::new, |scratch, bytes| feature(bytes, only, scratch))
            .collect();
        for feature in read {
            let Some(feature) = feature else { return Ok(None) };
            features.push(feature);
        }
        if !is_over && window.is_last {
            return Ok(None);
        }
        window.read_on(end)?;
        at = 0;
        if is_over {
            break;
        }
    }
    while !window.is_last {
        window.read_on(0)?;
    }
    if members.behind_features(&window.bytes).is_none() || !members.is_collection {
        return Ok(None);
    }
    Ok(Some(Collection {
        features,
        crs: members.crs.filter(|member| !member.is_null()).as_ref().map(crs_of),
        shells: Shells::CounterClockwise,
        degrees_by_default: true,
        notices: Vec::new(),
    }))
}

/// The part of a file that is in memory.
struct Window<R> {
    from: R,
    bytes: Vec<u8>,
    piece: usize,
    is_last: bool,
}

impl<R: Read> Window<R> {
    /// Lets go of the first bytes and reads on behind the others.
    fn read_on(&mut self, done: usize) -> io::Result<()> {
        self.bytes.drain(..done);
        self.bytes.reserve(self.piece);
        let n = self.from.by_ref().take(self.piece as u64).read_to_end(&mut self.bytes)?;
        self.is_last = n < self.piece;
        Ok(())
    }
}

/// What stands beside the features.
#[derive(Default)]
struct Members {
    is_collection: bool,
    crs: Option<Value>,
}

impl Members {
    /// The members before the features, and where the first feature begins.
    fn before_features(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut cursor = Cursor::at(bytes, 0);
        cursor.take(b'{')?;
        loop {
            let key = cursor.key()?;
            if key == b"\"features\"" {
                cursor.take(b'[')?;
                return std::str::from_utf8(&bytes[..cursor.at]).is_ok().then_some(cursor.at);
            }
            self.take(&mut cursor, key)?;
            if !cursor.goes_on(b'}')? {
                return None;
            }
        }
    }

    /// The members behind the features, to the end of the file.
    fn behind_features(&mut self, bytes: &[u8]) -> Option<()> {
        std::str::from_utf8(bytes).ok()?;
        let mut cursor = Cursor::at(bytes, 0);
        while cursor.goes_on(b'}')? {
            let key = cursor.key()?;
            self.take(&mut cursor, key)?;
        }
        cursor.space();
        (cursor.at == bytes.len()).then_some(())
    }

    fn take(&mut self, cursor: &mut Cursor<'_>, key: &[u8]) -> Option<()> {
        let value = cursor.value()?;
        match key {
            b"\"type\"" if !self.is_collection && value == b"\"FeatureCollection\"" => {
                self.is_collection = true;
            }
            b"\"crs\"" if self.crs.is_none() => {
                self.crs = Some(serde_json::from_slice(value).ok()?)
            }
            // The slow way says that it stands twice.
            b"\"type\"" | b"\"crs\"" | b"\"features\"" => return None,
            _ => {
                // Read, so that what is no JSON is found.
                serde_json::from_slice::<serde::de::IgnoredAny>(value).ok()?;
            }
        }
        Some(())
    }
}

/// The elements of an array that stand in memory as a whole, unread.
struct Elements<'a> {
    list: Vec<&'a [u8]>,
    /// Where the next element begins, or what is behind the array.
    end: usize,
    is_over: bool,
}

impl<'a> Elements<'a> {
    /// From where an element begins; `None` where it is no object.
    fn of(bytes: &'a [u8], at: usize) -> Option<Self> {
        let mut cursor = Cursor::at(bytes, at);
        let mut found = Self { list: Vec::new(), end: at, is_over: false };
        loop {
            cursor.space();
            match cursor.peek() {
                None => return Some(found),
                Some(b'{') => {}
                Some(_) => return None,
            }
            let Some(element) = cursor.braces() else { return Some(found) };
            cursor.space();
            match cursor.peek() {
                // What follows it is not there yet.
                None => return Some(found),
                Some(b',') => {}
                Some(b']') => found.is_over = true,
                Some(_) => return None,
            }
            cursor.at += 1;
            found.list.push(element);
            found.end = cursor.at;
            if found.is_over {
                return Some(found);
            }
        }
    }
}

/// Rings grow in `scratch`, so that each is allocated once, as long as it is.
fn feature(bytes: &[u8], only: Option<&[&str]>, scratch: &mut Ring) -> Option<Feature> {
    std::str::from_utf8(bytes).ok()?;
    let mut cursor = Cursor { ring: std::mem::take(scratch), ..Cursor::at(bytes, 0) };
    let (mut id, mut properties, mut geometry) = (None, None, None);
    cursor.object(|cursor, key| {
        match key {
            b"\"id\"" if id.is_none() => {
                id = Some(serde_json::from_slice::<Value>(cursor.value()?).ok()?);
            }
            b"\"properties\"" if properties.is_none() => {
                properties = Some(cursor.properties(only)?);
            }
            b"\"geometry\"" if geometry.is_none() => geometry = Some(cursor.geometry()?),
            b"\"id\"" | b"\"properties\"" | b"\"geometry\"" => return None,
            _ => {
                serde_json::from_slice::<serde::de::IgnoredAny>(cursor.value()?).ok()?;
            }
        }
        Some(())
    })?;
    *scratch = cursor.ring;
    // The braces of the slice are balanced, but not every way of balancing them is an object.
    if cursor.at != bytes.len() {
        return None;
    }
    Some(Feature {
        id: id.filter(|id| !id.is_null()),
        properties: properties.unwrap_or_default(),
        geometry: geometry.unwrap_or_default(),
    })
}

/// A place in JSON text. Every step gives `None` for what it does not know.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether a position had more than two numbers.
    heights: bool,
    /// The ring that is read, or the last one.
    ring: Ring,
}

impl<'a> Cursor<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, heights: false, ring: Ring::new() }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Takes this byte, and the space before it.
    fn take(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// Whether a list goes on: takes `,`, or the byte that ends it.
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        self.space();
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b',' => Some(true),
            byte if byte == end => Some(false),
            _ => None,
        }
    }

    /// An object, key by key; the keys come with their quotation marks.
    fn object(&mut self, mut each: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Some(());
        }
        loop {
            let key = self.key()?;
            each(self, key)?;
            if !self.goes_on(b'}')? {
                return Some(());
            }
        }
    }

    /// A key with its quotation marks, and the colon behind it.
    fn key(&mut self) -> Option<&'a [u8]> {
        self.space();
        let key = self.string()?;
        self.take(b':')?;
        // A key with an escape may be one of those that are looked for.
        (!key.contains(&b'\\')).then_some(key)
    }

    /// A string with its quotation marks, unread.
    fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return None;
        }
        self.at += 1;
        loop {
            self.at += memchr2(b'"', b'\\', self.bytes.get(self.at..)?)?;
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                return Some(&self.bytes[start..self.at]);
            }
            self.at += 2;
        }
    }

    /// The bytes of a value of any kind, unread.
    fn value(&mut self) -> Option<&'a [u8]> {
        self.space();
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                _ => {
                    while self.peek().is_some_and(|byte| !b",:]}[{\" \n\r\t".contains(&byte)) {
                        self.at += 1;
                    }
                    if self.at == start {
                        return None;
                    }
                }
            }
            if depth == 0 {
                return Some(&self.bytes[start..self.at]);
            }
        }
    }

    /// The bytes of an object, unread: as far as its braces go. What lies between them is not
    /// looked at, so that long arrays of numbers are skipped; whoever reads it must check it.
    fn braces(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            self.at += memchr3(b'"', b'{', b'}', self.bytes.get(self.at..)?)?;
            match self.bytes[self.at] {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' => depth += 1,
                _ => depth = depth.checked_sub(1)?,
            }
            self.at += 1;
            if depth == 0 {
                return Some(&self.bytes[start..self.at]);
            }
        }
    }

    /// Attributes; those that are not wanted are only checked to be JSON.
    fn properties(&mut self, only: Option<&[&str]>) -> Option<Map<String, Value>> {
        self.space();
        let (Some(only), Some(b'{')) = (only, self.peek()) else {
            let all = serde_json::from_slice::<Option<Map<String, Value>>>(self.value()?);
            return Some(all.ok()?.unwrap_or_default());
        };
        let mut found = Map::with_capacity(only.len());
        self.object(|cursor, key| {
            let value = cursor.value()?;
            match only.iter().find(|name| name.as_bytes() == &key[1..key.len() - 1]) {
                Some(&name) => {
                    found.insert(name.to_owned(), serde_json::from_slice(value).ok()?);
                }
                None => {
                    serde_json::from_slice::<serde::de::IgnoredAny>(value).ok()?;
                }
            }
            Some(())
        })?;
        Some(found)
    }

    /// Polygons; `None` for whatever else there may be.
    fn geometry(&mut self) -> Option<RawGeometry> {
        self.space();
        if self.bytes[self.at..].starts_with(b"null") {
            self.at += 4;
            return Some(RawGeometry::default());
        }
        let (mut kind, mut place, mut raw) = (None, None, None);
        self.object(|cursor, key| {
            match (key, kind) {
                (b"\"type\"", None) => kind = Some(cursor.value()?),
                (b"\"coordinates\"", Some(kind)) if raw.is_none() && place.is_none() => {
                    raw = Some(cursor.polygons(kind)?);
                }
                // The kind stands behind: the array is come back to.
                (b"\"coordinates\"", None) if place.is_none() => {
                    cursor.space();
                    place = Some(cursor.at);
                    cursor.value()?;
                }
                _ => return None,
            }
            Some(())
        })?;
        match (raw, place) {
            (Some(raw), _) => Some(raw),
            (None, Some(at)) => Cursor::at(self.bytes, at).polygons(kind?),
            (None, None) => None,
        }
    }

    fn polygons(&mut self, kind: &[u8]) -> Option<RawGeometry> {
        let mut raw = RawGeometry::default();
        match kind {
            b"\"Polygon\"" => raw.polygons.push(self.rings()?),
            b"\"MultiPolygon\"" => raw.polygons = self.list(Self::rings)?,
            _ => return None,
        }
        raw.heights = self.heights;
        Some(raw)
    }

    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.take(b'[')?;
        // Most areas are one ring.
        let mut all = Vec::with_capacity(1);
        loop {
            all.push(one(self)?);
            if !self.goes_on(b']')? {
                return Some(all);
            }
        }
    }

    fn rings(&mut self) -> Option<Vec<Ring>> {
        self.list(Self::ring)
    }

    fn ring(&mut self) -> Option<Ring> {
        self.take(b'[')?;
        self.ring.clear();
        loop {
            let position = self.position()?;
            self.ring.push(position);
            if !self.goes_on(b']')? {
                return Some(self.ring.clone());
            }
        }
    }

    /// Two numbers, and heights that are dropped.
    fn position(&mut self) -> Option<Coord<f64>> {
        self.take(b'[')?;
        let x = self.number()?;
        self.take(b',')?;
        let y = self.number()?;
        while self.goes_on(b']')? {
            self.number()?;
            self.heights = true;
        }
        Some(Coord { x, y })
    }

    /// A number without an exponent is read as the cells of tables are; others by the standard
    /// library.
    fn number(&mut self) -> Option<f64> {
        self.space();
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        let first = start + usize::from(negative);
        let (mut digits, mut end) = cell::digits(self.bytes, first, 0);
        let (whole, mut decimals) = (end - first, 0);
        if self.bytes.get(end) == Some(&b'.') {
            let point = end;
            (digits, end) = cell::digits(self.bytes, point + 1, digits);
            decimals = end - point - 1;
            // JSON wants a digit on both sides of the point, and no zero before another digit.
            if decimals == 0 {
                return None;
            }
        }
        if whole == 0 || (whole > 1 && self.bytes[first] == b'0') {
            return None;
        }
        self.at = end;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            while matches!(self.peek(), Some(b'e' | b'E' | b'+' | b'-' | b'0'..=b'9')) {
                self.at += 1;
            }
            return serde_json::from_slice(&self.bytes[start..self.at]).ok();
        }
        match cell::quotient(digits, whole + decimals, decimals) {
            Some(x) => Some(if negative { -x } else { x }),
            None => std::str::from_utf8(&self.bytes[start..end]).ok()?.parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_way_reads_what_the_slow_way_reads() {
        let text = r#" { "type" : "FeatureCollection", "name": "x\"y", "features" : [
            {"type":"Feature","id":1,"properties":{"a":"}","b":[1,{"c":null}]},
             "geometry":{"type":"Polygon","coordinates":[[[10,59.5],[-1e1,60],[11.25,6.1E1,3],[10,59.5]]]}},
            {"properties":null,"geometry":{"coordinates":[[[[0,0],[1,0],[1,1]],[[0.1,0.1],[0.2,0.1],[0.2,0.2]]]],
             "type":"MultiPolygon"},"type":"Feature"},
            {"type":"Feature","properties":{},"geometry":null}
            ] } "#;
        let all_of = |piece: usize, only: Option<&[&str]>| {
            read_by(piece, text.as_bytes(), only).unwrap().unwrap()
        };
        let quick = all_of(PIECE, None);
        let slow = super::super::geojson::slow(text.as_bytes(), std::path::Path::new("x")).unwrap();
        assert_eq!(quick.features.len(), 3);
        assert!(quick.features[0].geometry.heights && !quick.features[1].geometry.heights);
        for (quick, slow) in quick.features.iter().zip(&slow.features) {
            assert_eq!(quick.id, slow.id);
            assert_eq!(quick.properties, slow.properties);
            assert_eq!(quick.geometry.polygons, slow.geometry.polygons);
        }
        // However it is cut, once what stands before the features is there.
        for piece in text.find('[').unwrap() + 1..text.len() {
            let cut = all_of(piece, None);
            assert_eq!(cut.features.len(), 3);
            for (cut, whole) in cut.features.iter().zip(&quick.features) {
                assert_eq!(cut.properties, whole.properties);
                assert_eq!(cut.geometry, whole.geometry);
            }
        }
        let some = all_of(PIECE, Some(&["b", "c"]));
        for (some, all) in some.features.iter().zip(&quick.features) {
            assert_eq!(
                some.property_names().collect::<Vec<_>>(),
                all.property("b").map_or(vec![], |_| vec!["b"])
            );
            assert_eq!(some.property("b"), all.property("b"));
            assert_eq!(some.geometry.polygons, all.geometry.polygons);
        }
    }

    #[test]
    fn what_is_unusual_is_left_to_the_slow_way() {
        let geometry = |text: &str| {
            format!(r#"{{"type":"FeatureCollection","features":[{{"geometry":{text}}}]}}"#)
        };
        let unusual = [
            "[1, 2]".to_owned(),
            r#"{"type":"FeatureCollection","features":[]"#.to_owned(),
            r#"{"type":"FeatureCollection","features":[],"type":"x"}"#.to_owned(),
            r#"{"type":"FeatureCollection","features":[],"x":tru}"#.to_owned(),
            r#"{"type":"Topology","features":[]}"#.to_owned(),
            geometry(r#"{"type":"Point","coordinates":[1,2]}"#),
            geometry(r#"{"type":"Polygon","coordinates":[]}"#),
            geometry(r#"{"type":"Polygon","coordinates":[[[1,2],[01,2]]]}"#),
            geometry(r#"{"type":"Polygon","coordinates":[[[1,2],[1.,2]]]}"#),
            geometry(r#"{"type":"Polygon","coordinates":[[[1],[1,2]]]}"#),
            geometry(r#"{"type":"Polygon","coordinates":[[[1,2}],[1,2]]]"#),
            r#"{"type":"FeatureCollection","features":[{"a":[}]}]}"#.to_owned(),
            r#"{"type":"FeatureCollection","features":[{},]}"#.to_owned(),
            r#"{"type":"FeatureCollection","features":[{}]} x"#.to_owned(),
            r#"{"features":[{}]}"#.to_owned(),
        ];
        for text in unusual {
            for only in [None, Some(&["a"][..])] {
                assert!(read(text.as_bytes(), only).unwrap().is_none(), "{text}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn numbers_are_read_to_the_last_bit(x in -1e9..1e9_f64, decimals in 0_usize..17) {
            let text = format!("{x:.decimals$}");
            let read = Cursor::at(text.as_bytes(), 0).number().unwrap();
            proptest::prop_assert_eq!(read.to_bits(), text.parse::<f64>().unwrap().to_bits());
        }
    }
}

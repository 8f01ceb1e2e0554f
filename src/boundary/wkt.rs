//! Which code does a description in words mean?
//!
//! `.prj` files describe their coordinate system as well-known text, and ESRI's dialect of it
//! names no EPSG code. What this program can read is told by names.

/// The EPSG code of a well-known text, by its authority or by its names; `None` where neither
/// tells. Whether the program can read that system is told by [`super::Crs::from_epsg`].
pub fn epsg_of_wkt(text: &str) -> Option<u32> {
    let text = text.trim().trim_start_matches('\u{feff}');
    by_authority(text).or_else(|| by_name(text))
}

/// The authority of the outermost element: the last one, directly within its brackets.
fn by_authority(text: &str) -> Option<u32> {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut found = None;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'[' | b'(' if !quoted => {
                let before = &text[..at];
                if depth == 1 && (before.ends_with("AUTHORITY") || before.ends_with("ID")) {
                    found = Some(at);
                }
                depth += 1;
            }
            b']' | b')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let inner = text[found? + 1..].split([']', ')']).next()?;
    let (authority, code) = inner.split_once(',')?;
    let code = code.trim().trim_matches('"');
    authority.trim().trim_matches('"').eq_ignore_ascii_case("EPSG").then(|| code.parse().ok())?
}

fn by_name(text: &str) -> Option<u32> {
    let mut names = text.split('"').skip(1).step_by(2);
    let plain = |name: &str| name.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "");
    let name = plain(names.next()?);
    let is_etrs = name.contains("ETRS") || name.contains("EUREF89");
    let is_wgs = name.contains("WGS");
    let start = text.to_uppercase();
    if start.starts_with("GEOGC") {
        return if is_etrs { Some(4258) } else { is_wgs.then_some(4326) };
    }
    if is_wgs && (name.contains("MERCATORAUX") || name.contains("PSEUDOMERCATOR")) {
        return Some(3857);
    }
    let zone = name.split_once("UTMZONE")?.1;
    let digits: String = zone.chars().take_while(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().ok().filter(|zone| (1..=60).contains(zone))?;
    match &zone[digits.len()..] {
        "" | "N" if is_etrs => Some(25800 + number),
        "N" if is_wgs => Some(32600 + number),
        "S" if is_wgs => Some(32700 + number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_known_by_their_authority_or_their_names() {
        let cases = [
            (
                r#"PROJCS["ETRS89 / UTM zone 33N",GEOGCS["ETRS89",AUTHORITY["EPSG","4258"]],AUTHORITY["EPSG","25833"]]"#,
                Some(25833),
            ),
            (r#"PROJCS["ETRS_1989_UTM_Zone_32N",GEOGCS["GCS_ETRS_1989",DATUM["D"]]]"#, Some(25832)),
            (r#"PROJCS["WGS_1984_UTM_Zone_56S",GEOGCS["GCS_WGS_1984"]]"#, Some(32756)),
            (r#"PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["x"]]"#, Some(3857)),
            (r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984"]]"#, Some(4326)),
            (r#"GEOGCRS["ETRS89",ID["EPSG",4258]]"#, Some(4258)),
            (r#"PROJCS["NGO_1948_Norway_Zone_1",GEOGCS["GCS_NGO_1948"]]"#, None),
            ("", None),
            ("nonsense", None),
        ];
        for (text, code) in cases {
            assert_eq!(epsg_of_wkt(text), code, "{text}");
        }
    }
}

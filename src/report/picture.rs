//! How does a picture come into the page?
//!
//! Our own SVG, taken in as it is. Ids are unique in a file but not across files, so that each
//! picture's ids get a prefix of their own, and so do the references to them.

/// The SVG without what stands before its element, which HTML does not allow, and with `prefix`
/// before each of its ids.
pub(super) fn inline_svg(svg: &str, prefix: &str) -> String {
    let svg = svg.find("<svg").map_or(svg, |start| svg[start..].trim_end());
    const MARKS: [&str; 5] =
        [" id=\"", "url(#", "href=\"#", "aria-labelledby=\"", "aria-describedby=\""];
    let mut out = String::with_capacity(svg.len() + 256);
    let mut rest = svg;
    while let Some((at, mark)) =
        MARKS.iter().filter_map(|mark| Some((rest.find(mark)?, *mark))).min()
    {
        let end = at + mark.len();
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        if mark.starts_with("aria") {
            // A list of ids.
            let close = rest.find('"').unwrap_or(rest.len());
            let ids: Vec<String> =
                rest[..close].split_whitespace().map(|id| format!("{prefix}-{id}")).collect();
            out.push_str(&ids.join(" "));
            rest = &rest[close..];
        } else {
            out.push_str(prefix);
            out.push('-');
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_what_points_to_them_get_the_same_prefix() {
        let svg = "<?xml version=\"1.0\"?>\n<svg aria-labelledby=\"t d\"><title id=\"t\"/>\
                   <desc id=\"d\"/><path data-id=\"t\" fill=\"url(#h)\"/><use href=\"#t\"/></svg>\n";
        assert_eq!(
            inline_svg(svg, "map"),
            "<svg aria-labelledby=\"map-t map-d\"><title id=\"map-t\"/>\
             <desc id=\"map-d\"/><path data-id=\"t\" fill=\"url(#map-h)\"/><use href=\"#map-t\"/></svg>"
        );
    }
}

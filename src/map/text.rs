//! How wide is a text, and how is it written in SVG?

/// Weights of the embedded font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// On which side of its point a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) anchor: Anchor,
    pub(super) fill: &'static str,
}

const INK: &str = "#1a1a1a";
const FAINT_INK: &str = "#555555";

impl Style {
    pub(super) const TITLE: Self = Self::of(22.0, Weight::SemiBold, INK);
    pub(super) const SUBTITLE: Self = Self::of(14.0, Weight::Regular, INK);
    pub(super) const HEADING: Self = Self::of(13.0, Weight::SemiBold, INK);
    pub(super) const BODY: Self = Self::of(12.0, Weight::Regular, INK);
    pub(super) const SMALL: Self = Self::of(11.0, Weight::Regular, FAINT_INK);
    pub(super) const BANNER: Self = Self::of(14.0, Weight::SemiBold, "#5c3900");

    const fn of(size: f64, weight: Weight, fill: &'static str) -> Self {
        Self { size, weight, anchor: Anchor::Start, fill }
    }

    pub(super) const fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// From one line's foot to the next one's.
    pub(super) fn line_height(self) -> f64 {
        self.size * 1.3
    }

    /// Writes one line with its foot at `(x, y)`.
    pub(super) fn write(self, out: &mut String, (x, y): (f64, f64), text: &str) {
        let anchor = match self.anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let weight = match self.weight {
            Weight::Regular => "",
            Weight::SemiBold => r#" font-weight="600""#,
        };
        out.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor} fill=\"{}\">{}</text>\n",
            tenth(x),
            tenth(y),
            tenth(self.size),
            self.fill,
            escaped(text)
        ));
    }

    /// Writes lines below each other, the top of the first at `top`; gives the bottom.
    pub(super) fn write_lines(self, out: &mut String, x: f64, top: f64, lines: &[String]) -> f64 {
        for (line_idx, line) in lines.iter().enumerate() {
            // The foot of a line stands a full size below its top, less what hangs below.
            let foot = top + self.line_height() * line_idx as f64 + self.size * 0.95;
            self.write(out, (x, foot), line);
        }
        top + self.line_height() * lines.len() as f64
    }

    /// The width of a text in px, with some room for a wider font where ours is not installed.
    pub(super) fn width(self, text: &str) -> f64 {
        /// Arial is about this much wider than the embedded font.
        const ROOM: f64 = 1.08;
        let thousandths: f64 = text.chars().map(|c| advance(c, self.weight)).sum();
        thousandths / 1000.0 * self.size * ROOM
    }

    /// The text in lines of at most `width` px, broken between words; a word that is wider than
    /// a line is broken inside.
    pub(super) fn wrap(self, text: &str, width: f64) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        // No-break spaces hold numbers together and are no place for a break.
        for word in text.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                if !line.is_empty()
                    && self.width(&line) + self.width(letter.encode_utf8(&mut [0; 4])) > width
                {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}

/// A number with at most one decimal, as short as it can be.
pub(super) fn tenth(x: f64) -> String {
    let text = format!("{x:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A text that XML reads as it is meant; what XML 1.0 cannot hold is replaced.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
    out
}

/// Advance widths of the embedded fonts in thousandths of the size, from space to tilde.
const REGULAR: [u16; 95] = [
    200, 289, 426, 497, 497, 824, 609, 249, 303, 303, 418, 497, 249, 311, 249, 350, 497, 497, 497,
    497, 497, 497, 497, 497, 497, 497, 249, 249, 497, 497, 497, 425, 847, 543, 588, 571, 615, 527,
    494, 617, 652, 263, 479, 579, 486, 727, 647, 664, 566, 664, 569, 534, 536, 645, 515, 786, 513,
    476, 539, 303, 350, 303, 497, 500, 542, 504, 553, 456, 555, 496, 292, 504, 544, 246, 247, 495,
    255, 829, 547, 542, 555, 555, 347, 419, 338, 544, 467, 719, 446, 467, 425, 303, 241, 303, 497,
];
const SEMIBOLD: [u16; 95] = [
    200, 315, 482, 513, 513, 841, 639, 275, 324, 324, 438, 513, 275, 322, 275, 344, 513, 513, 513,
    513, 513, 513, 513, 513, 513, 513, 275, 275, 513, 513, 513, 444, 875, 558, 597, 576, 625, 538,
    510, 628, 663, 282, 494, 597, 502, 745, 657, 674, 582, 674, 592, 545, 546, 655, 536, 800, 541,
    501, 540, 324, 344, 324, 513, 500, 549, 516, 563, 462, 564, 507, 317, 520, 558, 262, 263, 522,
    271, 843, 560, 549, 564, 564, 373, 431, 361, 556, 495, 748, 481, 495, 443, 324, 255, 324, 513,
];

fn advance(c: char, weight: Weight) -> f64 {
    let table = match weight {
        Weight::Regular => &REGULAR,
        Weight::SemiBold => &SEMIBOLD,
    };
    let idx = (c as usize).wrapping_sub(0x20);
    match table.get(idx) {
        Some(&width) => f64::from(width),
        None => match c {
            '\u{a0}' => 200.0,
            'æ' | 'Æ' | 'œ' | 'Œ' => 834.0,
            '–' | '−' | '≥' => 513.0,
            // Letters of East Asia fill a square.
            '\u{2e80}'.. => 1000.0,
            c if c.is_uppercase() => 674.0,
            _ => 560.0,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_stays_text() {
        assert_eq!(escaped("<a b=\"c\">&'\u{1}"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\u{fffd}");
    }

    #[test]
    fn long_texts_are_broken_between_words_and_long_words_inside() {
        let style = Style::BODY;
        let lines = style.wrap("Sør-Trøndelag og Nord-Trøndelag fylkeskommuner", 100.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| style.width(line) <= 100.0));
        assert_eq!(lines.join(" "), "Sør-Trøndelag og Nord-Trøndelag fylkeskommuner");
        let lines = style.wrap(&"x".repeat(100), 100.0);
        assert!(lines.len() > 4 && lines.iter().all(|line| style.width(line) <= 101.0));
        assert!(style.wrap(" ", 100.0).is_empty());
    }
}

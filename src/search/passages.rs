//! Chooses what to show of an article: the sentences that hold the most of the query, with exactly what matched marked.

use std::ops::Range;

use serde::Serialize;

use super::Wanted;
use crate::index::{Mark, Section};
use crate::query::Part;

/// A stretch of an article, as pieces that matched and pieces that did not.
pub type Passage = Vec<Piece>;

/// A piece of a passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is part of what matched.
    pub hit: bool,
}

/// The headline with its marks; empty when there is none.
pub(super) fn headline(sections: &[Section<'_>], marks: &[Vec<Mark>]) -> Passage {
    let all: Vec<Mark> = marks.iter().flatten().cloned().collect();
    let found = sections.iter().enumerate().find(|(_, section)| section.part == Part::Headline);
    found.map_or_else(Vec::new, |(number, section)| pieces(&section.text, 0..section.text.len(), &merged(number, &all)))
}

/// The best passages, in the order of the text.
pub(super) fn choose(sections: &[Section<'_>], marks: &[Vec<Mark>], wanted: Wanted) -> Vec<Passage> {
    let mut windows = windows(sections, marks, wanted);
    let mut chosen: Vec<Window> = Vec::new();
    let mut shown = vec![false; marks.len()];
    while chosen.len() < wanted.passages {
        // What is not shown yet counts most, then how much there is, then what stands first.
        let rank = |window: &Window| {
            let new = window.spans.iter().filter(|span| shown.get(**span) == Some(&false)).count();
            (new, window.spans.len(), window.marks)
        };
        let Some(best) = (0..windows.len()).rev().max_by_key(|number| windows.get(*number).map(rank)) else { break };
        let window = windows.remove(best);
        if !chosen.is_empty() && wanted.passages != usize::MAX && rank(&window).0 == 0 {
            break;
        }
        for &span in &window.spans {
            if let Some(seen) = shown.get_mut(span) {
                *seen = true;
            }
        }
        windows.retain(|other| other.section != window.section || !overlap(&other.range, &window.range));
        chosen.push(window);
    }
    if chosen.is_empty() {
        chosen.extend(beginning(sections, wanted));
    }
    chosen.sort_by_key(|window| (window.section, window.range.start));
    let all: Vec<Mark> = marks.iter().flatten().cloned().collect();
    chosen.iter().map(|window| show(sections, window, &all)).collect()
}

/// A stretch of text that may be shown.
#[derive(Debug)]
struct Window {
    section: usize,
    range: Range<usize>,
    /// The spans of the query that are marked in it.
    spans: Vec<usize>,
    /// How many marks it holds.
    marks: usize,
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn is_running_text(part: Part) -> bool {
    matches!(part, Part::Lead | Part::Body | Part::Posts)
}

/// One window for each sentence that holds a mark, with as many of its neighbours as fit.
fn windows(sections: &[Section<'_>], marks: &[Vec<Mark>], wanted: Wanted) -> Vec<Window> {
    let mut windows = Vec::new();
    for (number, section) in sections.iter().enumerate().filter(|(_, section)| is_running_text(section.part)) {
        let here: Vec<(usize, &Mark)> = (marks.iter().enumerate())
            .flat_map(|(span, marks)| marks.iter().filter(|mark| mark.section == number).map(move |mark| (span, mark)))
            .collect();
        if here.is_empty() {
            continue;
        }
        let sentences = sentences(&section.text);
        for (index, sentence) in sentences.iter().enumerate() {
            if !here.iter().any(|(_, mark)| overlap(&mark.range, sentence)) {
                continue;
            }
            let mut range = sentence.clone();
            for next in sentences.iter().skip(index + 1).take_while(|next| next.end - sentence.start <= wanted.length) {
                range.end = next.end;
            }
            // A mark that crosses the border comes along whole.
            for (_, mark) in &here {
                if overlap(&mark.range, &range) {
                    range = range.start.min(mark.range.start)..range.end.max(mark.range.end);
                }
            }
            let range = narrowed(&section.text, range, &here, wanted.length);
            let inside = || here.iter().filter(|(_, mark)| overlap(&mark.range, &range));
            let mut spans: Vec<usize> = inside().map(|(span, _)| *span).collect();
            spans.dedup();
            let marks = inside().count();
            windows.push(Window { section: number, range, spans, marks });
        }
    }
    windows
}

/// Where nothing of the text is marked, its beginning is shown.
fn beginning(sections: &[Section<'_>], wanted: Wanted) -> Option<Window> {
    let (section, text) = sections.iter().enumerate().find(|(_, section)| is_running_text(section.part))?;
    let first = sentences(&text.text).into_iter().next()?;
    let range = narrowed(&text.text, first, &[], wanted.length);
    Some(Window { section, range, spans: Vec::new(), marks: 0 })
}

/// The sentences of a text: a stop, white space, and a beginning that is not lower case.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut stopped = false;
    let mut space_since = None;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            push_sentence(text, start..at, &mut sentences);
            start = at + 1;
            (stopped, space_since) = (false, None);
        } else if c.is_whitespace() {
            if stopped && space_since.is_none() {
                space_since = Some(at);
            }
        } else if let Some(end) = space_since {
            if c == '»' || c == '”' {
                space_since = None;
                continue;
            }
            if !c.is_lowercase() {
                push_sentence(text, start..end, &mut sentences);
                start = at;
            }
            (stopped, space_since) = (is_stop(c), None);
        } else {
            stopped = is_stop(c) || (stopped && matches!(c, '»' | '”' | '"' | ')' | '’'));
        }
    }
    push_sentence(text, start..text.len(), &mut sentences);
    sentences
}

const fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}

fn push_sentence(text: &str, range: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let Some(piece) = text.get(range.clone()) else { return };
    let lead = piece.len() - piece.trim_start().len();
    let kept = piece.trim().len();
    if kept > 0 {
        sentences.push(range.start + lead..range.start + lead + kept);
    }
}

/// Cuts a range that is far too long, at words, around the first mark in it.
fn narrowed(text: &str, range: Range<usize>, here: &[(usize, &Mark)], length: usize) -> Range<usize> {
    let most = length.saturating_mul(2);
    if length == usize::MAX || range.len() <= most {
        return range;
    }
    let first = here
        .iter()
        .filter(|(_, mark)| overlap(&mark.range, &range))
        .map(|(_, mark)| mark.range.clone())
        .min_by_key(|mark| mark.start);
    let focus = first.unwrap_or(range.start..range.start);
    let start = range.start.max(focus.start.saturating_sub(length / 2));
    let end = range.end.min(focus.end.max(start.saturating_add(length)));
    word_start(text, start, range.start)..word_end(text, end, range.end)
}

fn word_start(text: &str, at: usize, least: usize) -> usize {
    let at = text.floor_char_boundary(at);
    let before = text.get(least..at).unwrap_or_default();
    before.rfind(char::is_whitespace).map_or(least, |space| {
        least + space + before.get(space..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    })
}

fn word_end(text: &str, at: usize, most: usize) -> usize {
    let at = text.ceil_char_boundary(at);
    text.get(at..most).and_then(|after| after.find(char::is_whitespace)).map_or(most, |space| at + space)
}

fn show(sections: &[Section<'_>], window: &Window, all: &[Mark]) -> Passage {
    let Some(section) = sections.get(window.section) else { return Vec::new() };
    let mut passage = pieces(&section.text, window.range.clone(), &merged(window.section, all));
    let before = section.text.get(..window.range.start).unwrap_or_default().trim_end_matches([' ', '\u{A0}']);
    let after = section.text.get(window.range.end..).unwrap_or_default();
    // An ellipsis where a sentence was cut, none where a whole one was left out.
    if !before.is_empty() && !before.ends_with(['.', '!', '?', '…', '»', '”', ':', '\n']) {
        passage.insert(0, Piece { text: "… ".to_owned(), hit: false });
    }
    let ended = section.text.get(..window.range.end).unwrap_or_default().ends_with(['.', '!', '?', '…', '»', '”', ':']);
    if !after.trim().is_empty() && !ended && !after.starts_with('\n') {
        passage.push(Piece { text: " …".to_owned(), hit: false });
    }
    passage
}

/// The marks of one section, in order, overlapping ones made one.
pub(super) fn merged(section: usize, all: &[Mark]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> =
        all.iter().filter(|mark| mark.section == section).map(|mark| mark.range.clone()).collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Takes a range of a text apart at its marks.
pub(super) fn pieces(text: &str, range: Range<usize>, marks: &[Range<usize>]) -> Passage {
    let mut passage = Vec::new();
    let mut push = |range: Range<usize>, hit| {
        if let Some(text) = text.get(range).filter(|text| !text.is_empty()) {
            passage.push(Piece { text: text.to_owned(), hit });
        }
    };
    let mut done = range.start;
    for mark in marks.iter().filter(|mark| overlap(mark, &range)) {
        let (start, end) = (mark.start.max(done), mark.end.min(range.end));
        push(done..start, false);
        push(start..end, true);
        done = end;
    }
    push(done..range.end, false);
    passage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_before_capitals() {
        let text = "M. Vial part. « Bien ! » dit-il. Le prix (9,5 %) monte… Voilà ?\nEt la suite";
        let found: Vec<&str> = sentences(text).into_iter().filter_map(|range| text.get(range)).collect();
        assert_eq!(
            found,
            ["M.", "Vial part.", "« Bien ! » dit-il.", "Le prix (9,5 %) monte…", "Voilà ?", "Et la suite"]
        );
    }

    #[test]
    fn overlapping_marks_become_one() {
        let mark = |range| Mark { section: 0, range };
        assert_eq!(merged(0, &[mark(4..9), mark(0..5), mark(12..13)]), [0..9, 12..13]);
    }
}

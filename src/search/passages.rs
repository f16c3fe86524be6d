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
pub(super) fn headline(sections: &[Section<'_>], merged: &[Vec<Range<usize>>]) -> Passage {
    let found = sections.iter().zip(merged).find(|(section, _)| section.part == Part::Headline);
    found.map_or_else(Vec::new, |(section, marks)| pieces(&section.text, 0..section.text.len(), marks))
}

/// The best passages, in the order of the text.
pub(super) fn choose(
    sections: &[Section<'_>],
    marks: &[Vec<Mark>],
    merged: &[Vec<Range<usize>>],
    wanted: Wanted,
) -> Vec<Passage> {
    let windows = windows(sections, marks, wanted);
    let mut chosen = if wanted.passages == usize::MAX { apart(windows) } else { best(windows, marks.len(), wanted) };
    if chosen.is_empty() {
        chosen.extend(beginning(sections, wanted));
    }
    chosen.sort_by_key(|window| (window.section, window.range.start));
    match wanted.context {
        None => chosen.iter().map(|window| show(sections, &[(window.section, window.range.clone())], merged)).collect(),
        Some(around) => widened(sections, &chosen, around).iter().map(|parts| show(sections, parts, merged)).collect(),
    }
}

/// All windows but those that overlap one before them.
fn apart(windows: Vec<Window>) -> Vec<Window> {
    let mut chosen: Vec<Window> = Vec::new();
    for window in windows {
        if !chosen.last().is_some_and(|last| last.overlaps(&window)) {
            chosen.push(window);
        }
    }
    chosen
}

/// The windows that show the most. What is not shown yet counts most, then how much there is, then what stands first.
fn best(mut windows: Vec<Window>, spans: usize, wanted: Wanted) -> Vec<Window> {
    let mut chosen: Vec<Window> = Vec::new();
    let mut shown = vec![false; spans];
    while chosen.len() < wanted.passages {
        let rank = |window: &Window| {
            let new = window.spans.iter().filter(|span| shown.get(**span) == Some(&false)).count();
            (new, window.spans.len(), window.marks)
        };
        let Some(best) = (0..windows.len()).rev().max_by_key(|number| windows.get(*number).map(rank)) else { break };
        let window = windows.remove(best);
        if !(chosen.is_empty() || wanted.fill) && rank(&window).0 == 0 {
            break;
        }
        for &span in &window.spans {
            if let Some(seen) = shown.get_mut(span) {
                *seen = true;
            }
        }
        windows.retain(|other| !other.overlaps(&window));
        chosen.push(window);
    }
    chosen
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

impl Window {
    fn overlaps(&self, other: &Self) -> bool {
        self.section == other.section && overlap(&self.range, &other.range)
    }
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn is_running_text(part: Part) -> bool {
    matches!(part, Part::Lead | Part::Body | Part::Posts)
}

/// A mark of a section, with the number of the span it belongs to.
type Place = (usize, Range<usize>);

/// One window for each sentence in which a mark begins, with as many of its neighbours as fit.
fn windows(sections: &[Section<'_>], marks: &[Vec<Mark>], wanted: Wanted) -> Vec<Window> {
    let mut by_section: Vec<Vec<Place>> = vec![Vec::new(); sections.len()];
    for (span, mark) in marks.iter().enumerate().flat_map(|(span, marks)| marks.iter().map(move |mark| (span, mark))) {
        if let Some(here) = by_section.get_mut(mark.section) {
            here.push((span, mark.range.clone()));
        }
    }
    let mut windows = Vec::new();
    for (number, (section, mut here)) in sections.iter().zip(by_section).enumerate() {
        if here.is_empty() || !is_running_text(section.part) {
            continue;
        }
        here.sort_by_key(|(_, range)| (range.start, range.end));
        let sentences = sentences(&section.text);
        for (index, sentence) in sentences.iter().enumerate() {
            let from = here.partition_point(|(_, range)| range.start < sentence.start);
            let begun = here.get(from..).unwrap_or_default();
            if begun.first().is_some_and(|(_, range)| range.start < sentence.end) {
                windows.push(window(number, &section.text, sentence, sentences.get(index + 1..), begun, wanted));
            }
        }
    }
    windows
}

/// The window of a sentence, given the sentences after it and the marks that begin in it or after it.
fn window(
    section: usize,
    text: &str,
    sentence: &Range<usize>,
    later: Option<&[Range<usize>]>,
    begun: &[Place],
    wanted: Wanted,
) -> Window {
    let mut range = sentence.clone();
    let fits = |next: &&Range<usize>| wanted.context.is_none() && next.end - sentence.start <= wanted.length;
    if let Some(last) = later.unwrap_or_default().iter().take_while(fits).last() {
        range.end = last.end;
    }
    // A mark that crosses the border comes along whole.
    let here = begun.get(..begun.partition_point(|(_, mark)| mark.start < range.end)).unwrap_or_default();
    range.end = here.iter().map(|(_, mark)| mark.end).fold(range.end, usize::max);
    let range = narrowed(text, range, here.first().map(|(_, mark)| mark.clone()), wanted.length);
    let inside = || here.iter().filter(|(_, mark)| overlap(mark, &range));
    let mut spans: Vec<usize> = inside().map(|(span, _)| *span).collect();
    spans.sort_unstable();
    spans.dedup();
    let marks = inside().count();
    Window { section, range, spans, marks }
}

/// The windows with the sentences around them, before and after, over the borders of paragraphs too; those that meet are
/// one.
fn widened(sections: &[Section<'_>], windows: &[Window], around: usize) -> Vec<Vec<(usize, Range<usize>)>> {
    let running = sections.iter().enumerate().filter(|(_, section)| is_running_text(section.part));
    let all: Vec<(usize, Range<usize>)> = running
        .flat_map(|(number, section)| sentences(&section.text).into_iter().map(move |sentence| (number, sentence)))
        .collect();
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for window in windows {
        let begins =
            all.partition_point(|(section, sentence)| (*section, sentence.end) <= (window.section, window.range.start));
        let ends =
            all.partition_point(|(section, sentence)| (*section, sentence.start) < (window.section, window.range.end));
        let stretch = begins.saturating_sub(around)..ends.saturating_add(around).min(all.len());
        match stretches.last_mut() {
            Some(last) if stretch.start <= last.end => last.end = last.end.max(stretch.end),
            _ => stretches.push(stretch),
        }
    }
    let parts = |stretch: Range<usize>| {
        let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
        for (section, sentence) in all.get(stretch).unwrap_or_default() {
            match parts.last_mut() {
                Some((last, range)) if last == section => range.end = sentence.end,
                _ => parts.push((*section, sentence.clone())),
            }
        }
        parts
    };
    stretches.into_iter().map(parts).collect()
}

/// Where nothing of the text is marked, its beginning is shown.
fn beginning(sections: &[Section<'_>], wanted: Wanted) -> Option<Window> {
    let (section, text) = sections.iter().enumerate().find(|(_, section)| is_running_text(section.part))?;
    let first = sentences(&text.text).into_iter().next()?;
    let range = narrowed(&text.text, first, None, wanted.length);
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
fn narrowed(text: &str, range: Range<usize>, first: Option<Range<usize>>, length: usize) -> Range<usize> {
    if range.len() <= length.saturating_mul(2) {
        return range;
    }
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

/// Shows stretches of text as one passage, an empty line between sections.
fn show(sections: &[Section<'_>], parts: &[(usize, Range<usize>)], merged: &[Vec<Range<usize>>]) -> Passage {
    let mut passage = Vec::new();
    let plain = |text: &str| Piece { text: text.to_owned(), hit: false };
    for (number, (section, range)) in parts.iter().enumerate() {
        let Some(text) = sections.get(*section).map(|section| section.text.as_ref()) else { continue };
        let before = text.get(..range.start).unwrap_or_default().trim_end_matches([' ', '\u{A0}']);
        let after = text.get(range.end..).unwrap_or_default();
        if number > 0 {
            passage.push(plain("\n\n"));
        }
        // An ellipsis where a sentence was cut, none where a whole one was left out.
        if !before.is_empty() && !before.ends_with(['.', '!', '?', '…', '»', '”', ':', '\n']) {
            passage.push(plain("… "));
        }
        passage.extend(pieces(text, range.clone(), merged.get(*section).map_or(&[], Vec::as_slice)));
        let ended = text.get(..range.end).unwrap_or_default().ends_with(['.', '!', '?', '…', '»', '”', ':']);
        if !after.trim().is_empty() && !ended && !after.starts_with('\n') {
            passage.push(plain(" …"));
        }
    }
    passage
}

/// The marks of each section, in order, overlapping ones made one.
pub(super) fn merged(sections: usize, marks: &[Vec<Mark>]) -> Vec<Vec<Range<usize>>> {
    let mut all: Vec<&Mark> = marks.iter().flatten().collect();
    all.sort_by_key(|mark| (mark.section, mark.range.start, mark.range.end));
    let mut merged: Vec<Vec<Range<usize>>> = vec![Vec::new(); sections];
    for mark in all {
        let Some(here) = merged.get_mut(mark.section) else { continue };
        match here.last_mut() {
            Some(last) if mark.range.start < last.end => last.end = last.end.max(mark.range.end),
            _ => here.push(mark.range.clone()),
        }
    }
    merged
}

/// Takes a range of a text apart at its marks, which are in order and do not overlap.
pub(super) fn pieces(text: &str, range: Range<usize>, marks: &[Range<usize>]) -> Passage {
    let mut passage = Vec::new();
    let mut push = |range: Range<usize>, hit| {
        if let Some(text) = text.get(range).filter(|text| !text.is_empty()) {
            passage.push(Piece { text: text.to_owned(), hit });
        }
    };
    let mut done = range.start;
    let from = marks.partition_point(|mark| mark.end <= range.start);
    for mark in marks.iter().skip(from).take_while(|mark| mark.start < range.end) {
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
        assert_eq!(merged(1, &[vec![mark(4..9), mark(12..13)], vec![mark(0..5)]]), [[0..9, 12..13]]);
    }
}

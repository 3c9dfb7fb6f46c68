//! Notes with the sections of all versions: a cut puts the next one on top.

use crate::finding::Finding;
use crate::template::Values;
use crate::version::plain;

use super::fresh::Opening;
use super::state::SectionState;
use super::{Edited, Notes};

impl Notes<'_> {
    /// Returns the notes with a section for the version in `next` above all others, not released: that of the
    /// `opening` where there is one, or else in the shape of its neighbours. Nothing else moves; a section
    /// that is there already stays.
    ///
    /// # Errors
    ///
    /// If there is more than one section of that version, or the template cannot serve.
    pub fn grow(&self, opening: Option<&Opening>, next: &Values) -> Result<Edited, Vec<Finding>> {
        let Some(version) = next.version.as_ref().map(plain) else { return Ok(self.text.to_owned().into()) };
        if self.only_section_of(&version)?.is_some() {
            return Ok(self.text.to_owned().into());
        }
        let end = self.line_end();
        let section = match (opening, self.model_for(&version)) {
            (Some(opening), _) => opening.section(next, self.style, end)?,
            (None, None) => {
                return self.grow(Some(&Opening::built_in(self.path, self.style)), next);
            }
            (None, Some(model)) => {
                if let Some(unknown) = self.unknown_day(model) {
                    return Err(vec![unknown]);
                }
                let frame = self.frame_like(model, &version, SectionState::Unreleased);
                let headings = self.usual_headings();
                let headings = headings.iter().map(|heading| [end, heading, end].concat());
                frame + end + &headings.collect::<String>()
            }
        };
        Ok(self.with_section(&version, &section).into())
    }
}

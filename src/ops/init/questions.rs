//! What a repository does not tell, and a person may know.

use super::draft::Setting;

/// Something that cannot be told, with what it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenQuestion {
    /// The question, as a sentence.
    pub text: String,
    /// The answers, the likeliest first; there is at least one.
    pub choices: Vec<QuestionChoice>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionChoice {
    /// What it says.
    pub label: String,
    /// The setting that it leads to, if any.
    pub setting: Option<Setting>,
}

/// Who is asked: it takes a question, and returns the place of the answer among its choices.
pub type Decide<'d> = &'d mut dyn FnMut(&OpenQuestion) -> anyhow::Result<usize>;

impl OpenQuestion {
    /// Asks it, and returns the setting that the answer leads to.
    ///
    /// # Errors
    ///
    /// That of who is asked.
    pub(super) fn ask(&self, decide: Decide<'_>) -> anyhow::Result<Option<Setting>> {
        let answer = decide(self)?;
        Ok(self.choices.get(answer).or(self.choices.first()).and_then(|choice| choice.setting.clone()))
    }
}

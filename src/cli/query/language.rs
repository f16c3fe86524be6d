//! The query language on one page, by example.

pub(super) const LANGUAGE: &str = "\
The query language, by example:
  OpenAI offre                 both words, in any form: offres, l'Offre, d'OpenAI; accents and case do not matter
  '\"offre de rachat\"'          the phrase; « … » quotes too
  'Musk OU Altman'             either (OU, OR); ET and AND join, SAUF and NOT exclude: upper case
  -- Musk -Tesla               Musk without Tesla
  '(Musk OU Altman) ET procès' groups
  'Musk NEAR/5 Altman'         at most five words between, in either order
  '\"offre OpenAI\"~3'           the phrase with up to three words between its words
  'titre:OpenAI auteur:\"Marie Curie\" source:\"Le Monde\"'
                               in one field: titre (title), chapo (lead), texte (body), auteur (author), source,
                               date, lang (langue), url, path, tweet (embedded posts), tag, format
  'date:2025-02 Musk'          date:2025, date:2025-02-10, date:2025-02..2025-04, date:>=2025-02-10, date:7j, date:hier
  'date:*'  '-date:*'          has a date; has none
  'milliard*'                  words that begin so, however many
  'Altmann~'  'Altmann~2'      one or two typing errors, the first letter right
  '=offres'  '==Offres'        this very word; accents and case too
  '3 M€' 20h XXe '#MeToo' St-Malo
                               however it is written: 3 millions d'euros, 20 heures, 20e, me too, Saint-Malo, …; who writes
                               it as you do comes first
  --plain 'AT&T OU pas ?'      everything is words

Counting and tracing:
  OpenAI --by month            how many articles a month, months without any among them; also year, day, source,
                               author, lang, tag. Articles without the value have a row of their own
  --by source                  the whole archive, by source; -n 20 for the first twenty
  OpenAI --first-by source     the earliest article of each source, by date
  'offr* ET rachat' --explain  how it is understood, and what each word and condition finds
  OpenAI --receipt             what was asked, of which archive, when, and how many articles: to cite and check again";

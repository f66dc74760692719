-- The catalogue of one store, version 2: what was read in attachments.

-- Reading them again might give something else (a limit of time, another reader), but only by the same text is a
-- message taken out of the index: so the texts are kept. record: as pieces stand in the contents, compressed and sealed.
CREATE TABLE texts (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  record BLOB NOT NULL,
  refs INTEGER NOT NULL
);

-- A message's attachments that were looked into, in the order in which their texts follow those that the message
-- itself gives in the column "texts" of the index. text 0: none was found. outcome: MunTextOutcome, 0 is complete.
CREATE TABLE message_texts (
  number INTEGER NOT NULL,
  position INTEGER NOT NULL,
  text INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  extractor INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (number, position)
) WITHOUT ROWID;

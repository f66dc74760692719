-- The catalogue of one store, version 1. Times are Unix seconds, digests SHA-256.

-- Single values: guid, next_arrival, end_container, end_length, stale_rows; dropped_N: container N was emptied.
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- messages and bytes count the folder alone. parent 0: an archive.
CREATE TABLE folders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  parent INTEGER NOT NULL,
  name TEXT NOT NULL,
  messages INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (parent, name)
);

-- number: date << 20 | low bits of arrival; the row id of the index too.
-- scope: the folder of the second level (or first) that a message is unique in.
-- flags: 1 has attachments, 2 damaged. pieces: varints: one piece id, or (id, offset, length) in order.
CREATE TABLE messages (
  number INTEGER PRIMARY KEY,
  arrival INTEGER NOT NULL,
  folder INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  digest BLOB NOT NULL,
  size INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  received INTEGER NOT NULL,
  archived INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  extractor INTEGER NOT NULL,
  profile INTEGER NOT NULL,
  pieces BLOB NOT NULL,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,
  message_id TEXT,
  damage_note TEXT
);
CREATE INDEX messages_folder ON messages (folder, number, arrival);
CREATE INDEX messages_digest ON messages (digest, scope);

CREATE TABLE pieces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL UNIQUE,
  container INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  size INTEGER NOT NULL,
  refs INTEGER NOT NULL
);

-- record: as it stands in the contents, sealed.
CREATE TABLE dictionaries (
  number INTEGER PRIMARY KEY,
  container INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  record BLOB NOT NULL
);

-- store 0: this one; number 0: the message was deleted here and is not to come back.
CREATE TABLE source_keys (
  scope INTEGER NOT NULL,
  key TEXT NOT NULL,
  store INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) WITHOUT ROWID;
CREATE INDEX source_keys_number ON source_keys (number);

-- Contentless. The body is the first column: the only one whose entries name no column, two bytes
-- less for nearly every word. tokens holds all, the archive (a1), the folder (f2), att or noatt, the priority (pri0).
CREATE VIRTUAL TABLE search USING fts5 (
  body, subject, sender, recipients, names, texts, tokens,
  content='', columnsize=0, detail=full, tokenize='muniment'
);

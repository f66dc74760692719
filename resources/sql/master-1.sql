-- The installation's database, version 1. document: JSON that keeps unknown keys. Times are Unix seconds.

CREATE TABLE users (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  document TEXT NOT NULL,
  password TEXT
);

CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE stores (id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL);

CREATE TABLE profiles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  version INTEGER NOT NULL,
  document TEXT NOT NULL
);

-- interrupted: 1 by a stop of the server, 2 by its crash.
CREATE TABLE results (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  profile INTEGER NOT NULL,
  user_name TEXT NOT NULL COLLATE NOCASE,
  started INTEGER NOT NULL,
  completed INTEGER,
  result TEXT NOT NULL,
  interrupted INTEGER NOT NULL DEFAULT 0,
  document TEXT NOT NULL,
  report TEXT
);
CREATE INDEX results_started ON results (started);

-- secret: sealed with AES-256-GCM under the master key, bound to context (a random word).
CREATE TABLE credentials (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  context TEXT NOT NULL,
  document TEXT NOT NULL,
  secret BLOB
);

CREATE TABLE checkpoints (
  profile INTEGER NOT NULL,
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (profile, scope, key)
) WITHOUT ROWID;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user_name TEXT NOT NULL COLLATE NOCASE,
  event TEXT NOT NULL,
  document TEXT
);
CREATE INDEX audit_at ON audit (at);

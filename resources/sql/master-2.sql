-- The installation's database, version 2: the searches that users keep. They go where their user goes.

-- folded: the name without regard to case and form. criteria: JSON, as the Web Access API takes it.
CREATE TABLE saved_searches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_name TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  criteria TEXT NOT NULL,
  UNIQUE (user_name, folded)
);

CREATE TRIGGER saved_searches_of_renamed AFTER UPDATE OF name ON users
BEGIN
  UPDATE saved_searches SET user_name = new.name WHERE user_name = old.name;
END;

CREATE TRIGGER saved_searches_of_removed AFTER DELETE ON users
BEGIN
  DELETE FROM saved_searches WHERE user_name = old.name;
END;

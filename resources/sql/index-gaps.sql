-- What the index of a store lacks, message by message; empty when it is complete.

-- state: 0 not in the index, 1 not in it and not readable, 2 in it and to be put in anew.
CREATE TABLE index_gaps (
  number INTEGER PRIMARY KEY,
  archive INTEGER NOT NULL,
  state INTEGER NOT NULL
);

-- How many of these there are.
CREATE TABLE index_counts (
  archive INTEGER NOT NULL,
  state INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  PRIMARY KEY (archive, state)
) WITHOUT ROWID;

-- Archives that an administrator has chosen to be indexed anew.
CREATE TABLE index_selected (archive INTEGER PRIMARY KEY);

CREATE TRIGGER index_gaps_added AFTER INSERT ON index_gaps BEGIN
  INSERT INTO index_counts VALUES (new.archive, new.state, 1)
    ON CONFLICT DO UPDATE SET messages = messages + 1;
END;
CREATE TRIGGER index_gaps_removed AFTER DELETE ON index_gaps BEGIN
  UPDATE index_counts SET messages = messages - 1
    WHERE archive = old.archive AND state = old.state;
END;
CREATE TRIGGER index_gaps_changed AFTER UPDATE ON index_gaps BEGIN
  UPDATE index_counts SET messages = messages - 1
    WHERE archive = old.archive AND state = old.state;
  INSERT INTO index_counts VALUES (new.archive, new.state, 1)
    ON CONFLICT DO UPDATE SET messages = messages + 1;
END;

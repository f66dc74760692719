-- The catalogue of one store, version 3: where in a folder a position is.

-- A folder's messages by number, in blocks: one begins at "first" and ends where the next one begins; the first one
-- begins with the smallest number that there is. So the page at any position is found without counting up to it.
CREATE TABLE folder_blocks (
  folder INTEGER NOT NULL,
  first INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  PRIMARY KEY (folder, first)
) WITHOUT ROWID;

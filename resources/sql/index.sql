-- The index of one store, empty.

-- Contentless. The body is the first column: the only one whose entries name no column, two bytes
-- less for nearly every word. tokens holds all, the archive (a1), the folder (f2), att or noatt, the priority (pri0).
CREATE VIRTUAL TABLE search USING fts5 (
  body, subject, sender, recipients, names, texts, tokens,
  content='', columnsize=0, detail=full, tokenize='muniment'
);

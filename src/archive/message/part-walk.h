/* part-walk.h: the walk over a message's MIME tree */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outline.h"

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* What a sender may ask of us; whatever is beyond is not looked into, and the message says so. */
#define MUN_LIMIT_NESTING 40
#define MUN_LIMIT_PARTS 2000
#define MUN_LIMIT_HEADERS (2 * 1024 * 1024)
#define MUN_LIMIT_BODY_TEXT (2 * 1024 * 1024)
#define MUN_LIMIT_OTHER_TEXT (4 * 1024 * 1024)
#define MUN_LIMIT_ADDRESSES (256 * 1024)
/* Leaf parts from this size on are kept as pieces of their own. */
#define MUN_PIECE_MINIMUM 4096

typedef struct {
  MunAttachment public;
  GMimeObject *part; /* borrowed from the tree */
  char *name, *type, *content_id;
} MunPartAttachment;

/* Filled by mun_part_walk(). */
typedef struct {
  GMimeStream *stream; /* the one that was parsed; pieces are ranges of it */
  gsize size;
  GString *plain;         /* plain text bodies */
  GString *html;          /* HTML bodies as they came, in UTF-8; empty when there is none */
  GString *html_text;     /* their text */
  GString *names;         /* attachment names, one a line */
  GString *texts;         /* text of attachments and inner messages */
  GPtrArray *attachments; /* MunPartAttachment */
  GArray *pieces;         /* MunPiece */
  GArray *leaves;         /* (nullable): MunLeaf; with it no content is looked into */
  gboolean has_attachments;
  guint n_parts;
  char *note; /* what was wrong; NULL when nothing was */
} MunPartWalk;

void
mun_part_walk_init (MunPartWalk *self, GMimeStream *stream, gsize size);
/* mun_part_walk: @root: the body of the message, or NULL. */
void
mun_part_walk (MunPartWalk *self, GMimeObject *root);
void
mun_part_walk_clear (MunPartWalk *self);

/* mun_part_walk_note: keeps the first note. */
void
mun_part_walk_note (MunPartWalk *self, const char *note);

/* mun_part_decode: the decoded content of a leaf, or an inner message as it came. */
GBytes *
mun_part_decode (GMimeObject *part);
/* mun_part_peek: the first decoded bytes of a leaf, at most @size. Returns: how many. */
gsize
mun_part_peek (GMimeObject *part, guint8 *buffer, gsize size);

G_END_DECLS

/* mailbox.h: folders and messages of one mailbox, and the log of their changes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dice.h"

typedef struct _TenantPerson TenantPerson;
typedef struct _TenantFolder TenantFolder;
typedef struct _TenantMailbox TenantMailbox;

struct _TenantFolder {
  char *id;
  char *name;
  char *well_known;     /* "inbox"; NULL for ordinary ones */
  TenantFolder *parent; /* NULL only for the root */
  gboolean hidden;
  gboolean search; /* a saved search: it holds references, not messages */
};

/* What a generated message is written from: its bytes are made again at every reading. */
typedef struct {
  guint64 seed;
  TenantPerson *owner;     /* whose mailbox it lies in */
  TenantPerson *sender;    /* NULL: an outsider, chosen by the seed (of the conversation) */
  TenantPerson *recipient; /* likewise */
  gint64 date;             /* unix seconds */
  int kind;                /* TenantMailKind of writer.h */
  guint64 thread;          /* seed of the conversation, 0 for none */
  guint position;          /* place in the conversation, 0 starts it */
  gboolean outgoing;       /* the owner sent it: it has not travelled */
} TenantMailSpec;

typedef struct {
  char *subject; /* UTF-8; NULL without a Subject */
  char *from_name;
  char *from_address;
  char *message_id;
  gboolean has_attachments;
  gsize size;
} TenantMailInfo;

typedef struct {
  char *immutable_id; /* stays when the message moves */
  char *ordinary_id;  /* another one after a move */
  TenantFolder *folder;
  guint64 sequence; /* of its latest change */
  gint64 received;
  GBytes *bytes; /* given from outside; NULL: written from spec */
  TenantMailSpec spec;
  TenantMailInfo info;
} TenantMessage;

/* A message left a folder. */
typedef struct {
  TenantFolder *folder;
  char *immutable_id;
  char *ordinary_id;
  guint64 sequence;
} TenantRemoval;

struct _TenantMailbox {
  TenantDice dice;
  guint64 sequence; /* of the latest change */
  TenantFolder *root;
  GPtrArray *folders;  /* in the order of their making */
  GPtrArray *messages; /* in the order of their arrival */
  GPtrArray *removals;
  GHashTable *by_id; /* both kinds of id -> TenantMessage */
  guint in_flight;   /* requests being worked on */
};

TenantMailbox *
tenant_mailbox_new (guint64 seed);
void
tenant_mailbox_free (TenantMailbox *self);

/* `parent` NULL: below the root. */
TenantFolder *
tenant_mailbox_add_folder (TenantMailbox *self, TenantFolder *parent, const char *name,
                           const char *well_known);

/* By id or well-known name; NULL when there is none. */
TenantFolder *
tenant_mailbox_find_folder (TenantMailbox *self, const char *key);

/* By names below the root joined with '/' (a '/' in a name is written "\/"). */
TenantFolder *
tenant_mailbox_find_path (TenantMailbox *self, const char *path);
char *
tenant_folder_path (TenantFolder *self);

/* Takes `info`. `bytes` NULL: the message is written from `spec`. */
TenantMessage *
tenant_mailbox_add_message (TenantMailbox *self, TenantFolder *folder, GBytes *bytes,
                            const TenantMailSpec *spec, TenantMailInfo info, gint64 received);
TenantMessage *
tenant_mailbox_find_message (TenantMailbox *self, const char *id);
void
tenant_mailbox_move (TenantMailbox *self, TenantMessage *message, TenantFolder *folder);
void
tenant_mailbox_remove (TenantMailbox *self, TenantMessage *message);

guint
tenant_folder_count (TenantMailbox *self, TenantFolder *folder);

/* The message as MIME. */
GBytes *
tenant_message_read (TenantMessage *self);

/* letter.h: what a message says, before it is put into MIME */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "words.h"
#include "writer.h"

typedef struct {
  const TenantMailSpec *spec;
  const TenantWords *words;
  TenantDice dice;
  char *from_name; /* NULL for an address alone */
  char *from_address;
  char *to_name;
  char *to_address;
  char *subject;
  char *message_id; /* with angle brackets */
  char *order;      /* "AB-12345", found in no other conversation */
  char *product;
  char *firm;
  gboolean has_attachments;
} TenantLetter;

/* Who writes to whom, about what. */
void
tenant_letter_begin (TenantLetter *self, const TenantMailSpec *spec);
void
tenant_letter_clear (TenantLetter *self);

/* A text of greeting, some paragraphs and closing, lines ended by '\n'. Caller frees. */
char *
tenant_letter_text (TenantLetter *self, guint sentences);

/* One sentence. Caller frees. */
char *
tenant_letter_sentence (TenantLetter *self);

/* Message-ID of the message at `position` of the conversation. Caller frees. */
char *
tenant_letter_thread_id (const TenantMailSpec *spec, guint position);

/* Date header value (RFC 5322). Caller frees. */
char *
tenant_letter_date (gint64 unix_seconds, TenantDice *dice);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TenantLetter, tenant_letter_clear)

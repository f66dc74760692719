/* mailroom.h: the mail of the tenant and of the archive, side by side */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "office.h"

/* Lets the administrator read all archives, which is what the functions below need. */
void
mailroom_open (Office *office);

/* The SHA-256 of each different message in a mailbox of the tenant, a set. */
GHashTable *
mailroom_list_tenant (Office *office, const char *mailbox);
/* The SHA-256 of each message in an archive, computed from what Web Access downloads; one that is
 * there twice ends the test. */
GHashTable *
mailroom_list_archive (Office *office, const char *archive);
/* The archive holds each message of the mailbox exactly once, byte for byte, and no other. */
void
mailroom_compare (Office *office, const char *mailbox);

/* Writes new messages into a folder of the tenant. */
void
mailroom_write (Office *office, const char *mailbox, const char *folder, guint n);
/* Number of different messages that the tenant says a mailbox has. */
gint64
mailroom_count_tenant (Office *office, const char *mailbox);
/* User names of the server that have an "@", sorted. */
GStrv
mailroom_list_users (Office *office);
/* The one among them with the most mail. */
char *
mailroom_find_busiest (Office *office);

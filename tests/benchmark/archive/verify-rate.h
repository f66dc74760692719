/* verify-rate.h: how fast a store is verified, and how fast it could be */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"

G_BEGIN_DECLS

/* print_verify: verifies the first store, without its index and with it. The bytes that count are those
 * that are hashed: each piece for itself, and each message that is several pieces once more as a whole;
 * the bytes that are read are those of the containers. The limits beside it: the disk (the containers,
 * read past the cache), SHA-256 on one core, and what all cores could reach with nothing to do but to
 * check, unseal, unpack and hash each record and to hash those messages. Returns: the faults. */
guint64
print_verify (MunArchive *archive);

G_END_DECLS

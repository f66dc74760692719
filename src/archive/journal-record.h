/* journal-record.h: what a journal record of the contents holds */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sealed-record.h"

G_BEGIN_DECLS

/* Entries: an operation of store-recover.h and its details. */
#define MUN_JOURNAL_TYPE "a(sa{sv})"

/* mun_journal_record_build: @entries: may be floating. Returns: the whole record. */
GBytes *
mun_journal_record_build (MunCodec *codec, GVariant *entries, GError **error);
/* mun_journal_record_parse: @plain: the data of such a record. */
GVariant *
mun_journal_record_parse (GBytes *plain);

G_END_DECLS

/* address-names.h: who an address header names, without the addresses */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * mun_address_dup_names: the display names of an address list (RFC 5322, 3.4), the address where
 * there is no name, the name of a group; separated by commas. @list: decoded, valid UTF-8, such as
 * "Ada <ada@example.com>, bob@example.com". What cannot be read comes back as it is. Owned.
 */
char *
mun_address_dup_names (const char *list);

G_END_DECLS

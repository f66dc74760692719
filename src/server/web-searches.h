/* web-searches.h: the searches that the Web Access API keeps between two requests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A search belongs to its user. Of each user's, only the newest few are kept, and none that nobody
 * asked for in ten minutes. Thread-safe. */
typedef struct _MunWebSearches MunWebSearches;

MunWebSearches *
mun_web_searches_new (guint searches_per_user);
void
mun_web_searches_free (MunWebSearches *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunWebSearches, mun_web_searches_free)

/* Ends the searches of one user, or of all with NULL. */
void
mun_web_searches_forget (MunWebSearches *self, const char *user_name);

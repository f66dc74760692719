/* graph-source.h: one mailbox of Microsoft 365, by Microsoft Graph */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "entra.h"
#include "source.h"

G_BEGIN_DECLS

#define MUN_TYPE_GRAPH_SOURCE (mun_graph_source_get_type ())
G_DECLARE_FINAL_TYPE (MunGraphSource, mun_graph_source, MUN, GRAPH_SOURCE, GObject)

/**
 * mun_graph_source_new:
 * @entra: (transfer none): signs in; shared by the sources of a run
 * @user: object id or address
 * @excluded: (nullable): folders to leave out, by path or display name, without regard to case;
 * what is below them is left out, too
 *
 * A message's key is its immutable id: a known one is never downloaded again, also when its folder
 * is read anew. Deleted and moved-away messages stay in the archive.
 *
 * A checkpoint holds the delta link behind the last page whose messages are all in the archive, the
 * folder's path, and the messages that failed: these come first in the next run. When the folder
 * was renamed, or its link is too old for the service, the folder is read anew, which downloads
 * nothing that is known.
 */
MunSource *
mun_graph_source_new (MunEntra *entra, const char *user, const char *const *excluded);

G_END_DECLS

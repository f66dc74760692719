/* mun-state-stack.h: the six states of a page: loading, content, empty, no results, error, offline
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum {
  MUN_STATE_LOADING,
  MUN_STATE_CONTENT,
  MUN_STATE_EMPTY,
  MUN_STATE_NO_RESULTS,
  MUN_STATE_ERROR,
  MUN_STATE_OFFLINE,
} MunState;

#define MUN_TYPE_STATE (mun_state_get_type ())
GType
mun_state_get_type (void);

#define MUN_TYPE_STATE_STACK (mun_state_stack_get_type ())
G_DECLARE_FINAL_TYPE (MunStateStack, mun_state_stack, MUN, STATE_STACK, AdwBin)

/*
 * In XML: <object class="MunStateStack"> with the properties content (the widget), empty-icon-name,
 * empty-title, empty-description, empty-action-label, empty-action-name (an action such as
 * "page.create"; no label, no button), loading-title. The Retry button activates "page.refresh",
 * Reconnect activates "win.reconnect".
 */
GtkWidget *
mun_state_stack_new (void);

/*
 * LOADING shows the spinner only after 300 ms; what was shown before stays until then, and content
 * that was already there stays for good (greyed). OFFLINE greys the last content, or says so when
 * there is none.
 */
void
mun_state_stack_set_state (MunStateStack *self, MunState state);
MunState
mun_state_stack_get_state (MunStateStack *self);

/* State ERROR with what went wrong in words; OFFLINE for a server that is out of reach; a cancelled
 * error changes nothing. */
void
mun_state_stack_set_error (MunStateStack *self, const GError *error);

/*
 * Lets two lists decide between content, empty and no results: all entries, and the shown ones
 * (after search). Either may be NULL. Takes effect in set_ready () and whenever a list changes
 * after that.
 */
void
mun_state_stack_set_models (MunStateStack *self, GListModel *all, GListModel *shown);
/* The load is done: CONTENT, EMPTY or NO_RESULTS, as the models say (without models: CONTENT). */
void
mun_state_stack_set_ready (MunStateStack *self);

/* The name of what is visible: "loading", "content", "empty", "no-results", "error", "offline" or
 * "blank". For tests. */
const char *
mun_state_stack_get_visible_name (MunStateStack *self);

G_END_DECLS

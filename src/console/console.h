/* console.h: the map of the console, the GTK program that administers an archive server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * main.c             starts the application, nothing else
 * mun-application    actions, shortcuts, About, the one window, saved servers, the embedded server
 * mun-window         sidebar | content; which page is shown; states below the header bar; toasts
 * mun-connector      from a saved server to an open connection, asking what must be asked
 * mun-connection     one server as the pages see it: call a function, start an operation
 * mun-embedded-server  "This Computer": starts, joins and stops munimentd
 * mun-server-entry, mun-server-list   saved servers (GSettings, nothing secret)
 * mun-operation, mun-operations       long-running functions and their list
 * mun-search-folders   the searches that the account keeps on a server, the same for all pages
 * mun-page           base class of every page; mun-state-stack its six states
 * mun-words          numbers, dates, sizes and errors in words for people (no GTK)
 * pages/             one page of the sidebar each; mun-page-table.c says which there are
 * dialogs/           windows that a page opens
 * widgets/           parts that several pages or the window use
 *
 * Every unit with a template has its .ui below ui/ at the same relative path.
 */

#pragma once

/* Binds the text domain: $MUNIMENT_LOCALE_DIR, else where the translations are installed. */
void
mun_console_init_i18n (void);

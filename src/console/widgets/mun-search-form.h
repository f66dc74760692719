/* mun-search-form.h: the criteria of a search besides its words */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Signal "changed": some criterion changed. */
#define MUN_TYPE_SEARCH_FORM (mun_search_form_get_type ())
G_DECLARE_FINAL_TYPE (MunSearchForm, mun_search_form, MUN, SEARCH_FORM, AdwBin)

/* Adds what is set to CRITERIA, by the names of the Web Access API. */
void
mun_search_form_add_to (MunSearchForm *self, JsonObject *criteria);
/* Shows what CRITERIA ask, by the same names; "query" is not the form's. */
void
mun_search_form_set_criteria (MunSearchForm *self, JsonObject *criteria);
void
mun_search_form_reset (MunSearchForm *self);
/* Whether the server can search by date; otherwise those rows are hidden. */
void
mun_search_form_set_has_dates (MunSearchForm *self, gboolean has_dates);
/* What is set, one "Name: value" a criterion; free with g_strfreev (). */
GStrv
mun_search_form_dup_summary (MunSearchForm *self);
/* Takes back the criterion with this place in the summary. */
void
mun_search_form_clear_criterion (MunSearchForm *self, guint index);

/* The path of an archive or folder. */
void
mun_search_form_set_folder (MunSearchForm *self, const char *folder);

G_END_DECLS

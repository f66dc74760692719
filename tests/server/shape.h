/* shape.h: what a JSON value must look like, written as JSON */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* A shape is JSON text. Its strings name types: "string", "number", "bool", "object", "array",
 * "any", with "?" behind them when null will do, or "null". An object lists members that must be
 * there, whatever else is; an array of one shape stands for a list that is not empty, each element
 * of that shape. Ends the test with @what and the place when @node is otherwise. @node: (nullable):
 * NULL is null. */
void
assert_shape (const char *what, JsonNode *node, const char *shape);

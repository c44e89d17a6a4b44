// Reading a routing snapshot: indices, checks, printable tokens. Shared by the canvas, its table twin and the
// map.
#pragma once

#include <QString>
#include <vector>

#include "events/snapshot.h"

namespace dotmoe {

/// Whether the arrays have the sizes that the counts promise. A recording may come from anywhere.
bool isConsistent(const RoutingSnapshot& routing);

/// One choice of the router: expert -1 where the layer is still dense.
struct Choice {
    int expert = -1;
    double probability = 0;
};
/// The k choices of a token in a layer, best first; empty when either is out of range.
std::vector<Choice> choicesOf(const RoutingSnapshot& routing, int layer, int token);
/// The first of them, without the rest.
Choice bestChoice(const RoutingSnapshot& routing, int layer, int token);

/// Token text with what cannot be seen made visible: blank ·, newline ⏎, tab ⇥, other control characters and
/// U+FFFD �.
QString printable(const std::string& token);
/// The same of running text: blanks stay blanks.
QString readable(const std::string& text);
bool endsLine(const std::string& token);

}  // namespace dotmoe

// The routing rules as recipes, flags and forms call them. No torch in this header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experts/routing_rule.h"

namespace dotmoe {

/// In the order of the enumeration.
std::vector<std::string> routing_rule_names();
std::string_view name_of(RoutingRule rule);
/// Throws UsageError naming the rules when there is none of that name.
RoutingRule routing_rule_named(std::string_view name);

}  // namespace dotmoe

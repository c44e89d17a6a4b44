// One expert's part of a profile as rows.
#pragma once

#include "events/expert_profile.h"
#include "widgets/table.h"

namespace dotmoe::studio {

/// The domains of its tokens, the one that it serves most first.
Table domains_of_expert(const ExpertProfile& profile, int expert);

/// The other experts, the most alike first; those without a correlation are left out.
Table experts_like(const ExpertProfile& profile, int expert);

}  // namespace dotmoe::studio

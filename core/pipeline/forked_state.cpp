#include "pipeline/forked_state.h"

#include "align/checkpoint.h"
#include "base/error.h"
#include "pipeline/fingerprint.h"
#include "pipeline/kept_states.h"

namespace dotmoe {
namespace {

Checkpoint load_of_same_inputs(const std::filesystem::path& folder, const std::string& fingerprint) {
    const auto header = peek_checkpoint(folder);
    if (!header || inputs_of(header->fingerprint) != inputs_of(fingerprint))
        fail("{}: was made from another model or text, or in another number format; fork with the same",
             folder.string());
    return *load_checkpoint(folder, header->fingerprint);
}

}  // namespace

ConversionState forked_state(const Parent& parent, const std::filesystem::path& conversion,
                             const std::string& fingerprint) {
    const auto chosen = kept_state_named(parent.state);
    auto state =
        ConversionState::from_checkpoint(load_of_same_inputs(folder_of(chosen, parent.folder), fingerprint));
    state.stages.parent = parent;
    forget_phase_ends(conversion);
    for (const auto earlier : kept_states(parent.folder)) {
        if (earlier > chosen || earlier == KeptState::checkpoint) continue;
        auto kept = load_of_same_inputs(folder_of(earlier, parent.folder), fingerprint);
        kept.fingerprint = fingerprint;
        save_checkpoint(folder_in_run(earlier, conversion), kept);
    }
    return state;
}

}  // namespace dotmoe

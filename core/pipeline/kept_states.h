// What a conversion keeps on disk to go on from: its checkpoint while it is unfinished, and for good the ends
// of its phases without what only that phase needed (owners and routers: some megabytes each). No torch here.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dotmoe {

/// In the order in which a run comes to them.
enum class KeptState {
    layerwise,  ///< end of the layer-wise phase
    global,     ///< end of the global phase, before recovery
    checkpoint  ///< within a phase; only in an unfinished conversion
};

std::string_view name_of(KeptState state);
std::vector<std::string> kept_state_names();
/// Throws UsageError naming the states when there is none of that name.
KeptState kept_state_named(std::string_view name);

/// Where a run that is under way keeps it (align/checkpoint.h): the phase ends aside, since the folder may
/// hold a finished conversion, which keeps its own until the new one takes its place.
std::filesystem::path folder_in_run(KeptState state, const std::filesystem::path& conversion);

/// Where it is to be found: of an unfinished conversion as in the run, else of the finished one.
std::filesystem::path folder_of(KeptState state, const std::filesystem::path& conversion);

/// Those that are there, the latest first.
std::vector<KeptState> kept_states(const std::filesystem::path& conversion);

/// Before another run begins in the folder. A checkpoint stays until it is replaced.
void forget_phase_ends(const std::filesystem::path& conversion);

/// The run of that fingerprint has finished: its phase ends take the place of those of the conversion before
/// it, then its checkpoint goes. Killed within, a run that goes on from the checkpoint comes to the same end.
/// Throws Error when the folder can't be written.
void keep_for_good(const std::filesystem::path& conversion, const std::string& fingerprint);

}  // namespace dotmoe

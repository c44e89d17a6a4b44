// Writes what a run tells to a file while passing it on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>

#include "events/event.h"

namespace dotmoe {

/// Where a front end keeps the recording of a conversion unless told otherwise.
inline constexpr auto recording_name = "recording.moerec";

/// Makes the folder where there is none. Throws Error when it cannot be written, or `path` is something that
/// is no recording: that is never written over.
void check_recordable(const std::filesystem::path& path);

/// Appends each event to the file (recording/block.h) before it passes it on, so that whoever is told can
/// read it. The file is begun by Started, in a folder that exists by then. Of the global phase it keeps the
/// pictures of about `steps_with_pictures` steps, evenly spread: training steps and all else are kept always.
/// A file that cannot be written costs a warning in the log and the recording, never the run.
class Recorder final : public EventSink {
  public:
    enum class Begin {
        anew,      ///< replace the file
        continued  ///< go on behind what is whole of it, if it is a recording
    };

    Recorder(EventSink& next, std::filesystem::path path, Begin begin);
    ~Recorder() override;
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    void publish(Payload payload) override;

    static constexpr std::int64_t steps_with_pictures = 60;

  private:
    enum class State { waiting, writing, given_up };

    /// Empty, or why nothing more is recorded.
    std::string record(const Payload& payload);
    void open();
    bool is_kept(const Payload& payload);

    EventSink& next_;
    const std::filesystem::path path_;
    const Begin begin_;
    std::mutex mutex_;  // guards the rest
    State state_ = State::waiting;
    int descriptor_ = -1;
    bool pictures_of_step_ = true;
};

}  // namespace dotmoe

// A recorded run, read at any moment of it, also while it is still being written.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "events/event.h"
#include "recording/block.h"
#include "recording/moments.h"

namespace dotmoe {

/// Holds an index and the small events; a picture is read from the file when it is asked for, and the last
/// one of each kind kept, so memory does not grow with what is looked at. Every picture is complete in
/// itself: a moment costs one read a kind. For one thread at a time.
class Recording {
  public:
    /// Whether the file begins as a recording does; false too when it cannot be read.
    static bool recognises(const std::filesystem::path& path);

    /// Reads the file to its end or to the first block that is not whole. Throws Error when the file cannot
    /// be read, is no recording, or does not even hold how the run began.
    explicit Recording(const std::filesystem::path& path);
    ~Recording();
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    /// Takes in what was written since; whether there was anything.
    bool refresh();

    const std::filesystem::path& path() const { return path_; }
    /// Bytes up to the last whole block.
    std::uint64_t size() const { return whole_; }
    /// One line when the file goes on behind what could be read: cut off, or damaged. Means nothing while it
    /// is being written.
    std::optional<std::string> trouble() const;

    const std::vector<Moment>& moments() const { return moments_; }
    const Started& started() const { return *started_; }  ///< of the latest start
    std::span<const TrainingStep> steps() const { return steps_; }
    std::span<const QualitySnapshot> qualities() const { return qualities_; }
    std::span<const LogLine> log() const { return log_; }
    const std::optional<Finished>& finished() const { return finished_; }

    /// The newest picture of a layer at a moment; null when there was none yet. Throws Error when the file
    /// changed behind the reader's back.
    std::shared_ptr<const PlanSnapshot> plan(std::size_t moment, int layer) const;
    std::shared_ptr<const SinkhornSnapshot> sinkhorn(std::size_t moment, int layer) const;
    std::shared_ptr<const LoadSnapshot> load(std::size_t moment, int layer) const;
    std::shared_ptr<const RoutingSnapshot> routing(std::size_t moment) const;
    /// The badge of each layer at a moment, and how far the run said it was.
    std::vector<LayerStatus> layers(std::size_t moment) const;
    std::optional<Progress> progress(std::size_t moment) const;
    /// The first moment at which a layer has a plan; by the index alone.
    std::optional<std::size_t> first_plan(int layer) const;

  private:
    /// A picture in the file.
    struct Place {
        std::size_t moment = 0;
        std::uint64_t offset = 0;
        BlockHeader header;

        bool holds(int layer) const {
            const auto first = std::int64_t{header.first_layer};
            return layer >= first && layer < first + header.layers;
        }
    };
    template <typename T>
    struct At {
        std::size_t moment = 0;
        T event;
    };
    static constexpr auto kinds = static_cast<std::size_t>(last_kind) + 1;

    bool read_block();
    void take_in(const BlockHeader& header, std::span<const std::byte> block);
    const Place* find(EventKind kind, std::size_t moment, int layer) const;
    template <typename Picture>
    std::shared_ptr<const Picture> picture(EventKind kind, std::size_t moment, int layer) const;
    std::vector<std::byte> read(std::uint64_t offset, std::size_t size) const;

    const std::filesystem::path path_;
    int descriptor_ = -1;
    std::uint64_t whole_ = 0, length_ = 0;
    std::vector<Moment> moments_;
    std::array<std::vector<Place>, kinds> pictures_;
    std::optional<Started> started_;
    std::optional<Finished> finished_;
    std::vector<TrainingStep> steps_;
    std::vector<QualitySnapshot> qualities_;
    std::vector<LogLine> log_;
    std::vector<At<LayerStatus>> layers_;
    std::vector<At<Progress>> progress_;
    struct Shown {
        std::uint64_t offset = 0;  ///< 0: none
        Payload payload;
    };
    mutable std::array<Shown, kinds> shown_;
};

/// Writes the first `bytes` of a recording to `target`, whole or not at all; from any thread, also while it
/// grows. Throws Error when that is the recording itself or cannot be written.
void save_recording(const std::filesystem::path& recording, std::uint64_t bytes,
                    const std::filesystem::path& target);

}  // namespace dotmoe

// The conversions that the window has met, remembered between starts, and what their folders tell of them.
#pragma once

#include <QStringList>
#include <filesystem>
#include <vector>

#include "pipeline/run_record.h"

namespace dotmoe::studio {

class KnownRuns {
  public:
    static constexpr int most = 100;

    void add(const QString& folder);
    void forget(const QString& folder);
    /// Newest first.
    QStringList folders() const;
};

/// Those of the folders that are conversions, and the parents that they name. Reads files: not for the
/// window's thread.
std::vector<RunRecord> read_runs(const QStringList& folders);

/// The recordings (*.moerec) that lie in the folders, in their order. Reads files too.
std::vector<std::filesystem::path> recordings_in(const QStringList& folders);

/// What a recording is called: its folder where a conversion wrote it there, else its file.
QString recording_label(const std::filesystem::path& path);

}  // namespace dotmoe::studio

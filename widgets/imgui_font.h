// Qt's font for Dear ImGui, wherever Qt found it.
#pragma once

#include <QByteArray>
#include <QFont>

namespace dotmoe {

/// The font as one TrueType or OpenType file, put together from its tables (OpenType 1.9, "Organization of an
/// OpenType font"). Empty when the font has no outlines that stb_truetype reads.
QByteArray fontFile(const QFont& font);

}  // namespace dotmoe

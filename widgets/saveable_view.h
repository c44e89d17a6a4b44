// Any view as a file: its picture as PNG or SVG, its numbers as CSV. One mechanism for all of them.
#pragma once

#include <QSize>
#include <QString>
#include <optional>

#include "widgets/table.h"

class QPaintDevice;
class QWidget;

namespace dotmoe {

/// A widget that can be saved is one of these too. Its accessible name names it in dialogs.
class SaveableView {
  public:
    virtual ~SaveableView() = default;

    /// Logical pixels of the picture.
    virtual QSize pictureSize() = 0;
    /// Draws the whole of it (title, axes, legend), opaque, in the view's palette; in vectors where the view
    /// has any.
    virtual void drawPicture(QPaintDevice& device) = 0;
    /// What the picture shows, in numbers.
    virtual Table table() const = 0;
};

/// What a widget without child widgets paints: its drawPicture().
void drawWidget(QWidget& widget, QPaintDevice& device);

inline constexpr double pictureScale = 2;  ///< device pixels of a PNG's logical ones

/// Writes a file of the format that its suffix names (png, svg, csv), whole or not at all. One line on why it
/// could not.
[[nodiscard]] std::optional<QString> saveView(SaveableView& view, const QString& path);

}  // namespace dotmoe

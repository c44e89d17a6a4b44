// Names beside the points of a plot, kept clear of markers, of each other and, where there is room, of lines.
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QString>
#include <vector>

#include "widgets/label_placement.h"

class QCPAxis;
class QCPItemText;
class QCustomPlot;

namespace dotmoe {

/// Finds their places anew whenever the plot is laid out, so also in a saved picture of another size.
class PointNames : public QObject {
  public:
    struct Name {
        double x, y;  ///< coordinates of the axes
        QString text;
    };

    /// The plot is the parent.
    PointNames(QCustomPlot& plot, QCPAxis* x, QCPAxis* y);

    /// The first ones get their places first.
    void setNames(std::vector<Name> names);
    void setStyle(const QColor& colour, const QFont& font);
    /// Pixels of the plot, as placed last; none for a name that found no room.
    const std::vector<std::optional<QRectF>>& places() const { return m_places; }

  private:
    void place();

    QCustomPlot& m_plot;
    QCPAxis *m_x, *m_y;
    std::vector<Name> m_names;
    std::vector<QCPItemText*> m_items;  ///< one a name
    std::vector<std::optional<QRectF>> m_places;
    QColor m_colour;
    QFont m_font;
};

}  // namespace dotmoe

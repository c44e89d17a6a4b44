// Labelled horizontal lines across an axis rectangle, such as the dense model's perplexity.
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPen>
#include <QRectF>
#include <QString>
#include <utility>
#include <vector>

class QCPAxisRect;
class QCPItemStraightLine;
class QCPItemText;

namespace dotmoe {

/// A label stands above or below its line, as near as may be, where it covers the least of the curves.
class LevelLines : public QObject {
  public:
    explicit LevelLines(QCPAxisRect& rect);

    /// Adds a level, or moves the one of that name.
    void set(const QString& name, double value);
    void clear();
    void setVisible(bool visible);
    /// Labels stand on `ground`, so that no other line crosses them.
    void setStyle(const QPen& pen, const QColor& text, const QColor& ground, const QFont& font);
    /// Of the lines on show.
    std::vector<double> values() const;
    std::vector<std::pair<QString, double>> named() const;

  private:
    struct Level {
        QString name;
        double value;
        QCPItemStraightLine* line;
        QCPItemText* label;
    };
    void style(const Level& level) const;
    void placeLabels();
    std::vector<QRectF> placesOf(const Level& level) const;

    QCPAxisRect& m_rect;
    std::vector<Level> m_levels;
    bool m_visible = true;
    QPen m_pen;
    QColor m_text, m_ground;
    QFont m_font;
};

}  // namespace dotmoe

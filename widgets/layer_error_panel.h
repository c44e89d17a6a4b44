// Bars of the reconstruction error of each layer: one axis rectangle inside a plot.
#pragma once

#include <QPointF>
#include <optional>
#include <vector>

class QCPAxisRect;
class QCPBars;
class QCustomPlot;

namespace dotmoe {

/// The caller puts axisRect() into the plot's layout; the plot owns everything.
class LayerErrorPanel {
  public:
    explicit LayerErrorPanel(QCustomPlot& plot);

    QCPAxisRect* axisRect() const { return m_rect; }
    bool isEmpty() const { return m_errors.empty(); }
    int layers() const { return static_cast<int>(m_errors.size()); }
    std::optional<double> errorOf(int layer) const;
    /// Index is the layer; NaN or negative where unknown.
    void setErrors(std::vector<double> errors);
    void setError(int layer, double error);

    int layerAt(QPoint inPlot) const;
    QPointF topOfBar(int layer) const;

  private:
    void arrange();

    QCPAxisRect* m_rect;
    QCPBars* m_bars;
    std::vector<double> m_errors;
};

}  // namespace dotmoe

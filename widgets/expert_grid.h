// A grid of signed numbers as colours, experts along x: what the maps of an expert profile share.
#pragma once

#include <QImage>
#include <QStringList>
#include <QWidget>
#include <vector>

#include "widgets/saveable_view.h"

namespace dotmoe {

/// The colour is the value in the diverging scale, grey where there is none; the number stands in the cell
/// where it fits. A click or the arrow keys choose a cell: its column is the expert on show. The cell under
/// the pointer and the chosen one are told in words.
class ExpertGrid : public QWidget, public SaveableView {
    Q_OBJECT
  public:
    explicit ExpertGrid(QWidget* parent = nullptr);

    /// -1: none.
    void setExpert(int expert);
    int expert() const { return m_expert; }
    QString title() const { return m_grid.title; }
    /// In widget coordinates; empty when there is none.
    QRect cellRect(int row, int expert) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QSize pictureSize() override { return size(); }
    void drawPicture(QPaintDevice& device) override { drawWidget(*this, device); }

  signals:
    void expertChosen(int expert);

  protected:
    struct Grid {
        QString title;
        QStringList rows;  ///< names
        int experts = 0;
        std::vector<float> values;  ///< [rows, experts] row-major; NaN: none
        double end = 1;             ///< of the scale: values beyond have its colour
    };
    void setGrid(Grid grid);
    const Grid& grid() const { return m_grid; }
    virtual QString inWords(int row, int expert) const = 0;
    /// As it stands in a cell.
    virtual QString inShort(int row, int expert) const = 0;

    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Cell {
        int row = 0, expert = 0;
    };
    int rows() const { return static_cast<int>(m_grid.rows.size()); }
    float value(int row, int expert) const;
    QRectF gridRect() const;
    bool cellAt(QPoint position, Cell& cell) const;
    void choose(int row, int expert);
    void describe();
    void colour();
    /// The widths of what is written, which do not change from one drawing to the next.
    void measure();
    void drawNumbers(QPainter& painter) const;
    void drawAxes(QPainter& painter) const;
    void drawScale(QPainter& painter) const;
    void drawChoice(QPainter& painter) const;

    Grid m_grid;
    QImage m_colours;  ///< a pixel a cell
    int m_row = 0, m_expert = -1;
    int m_labelWidth = 0, m_numberWidth = 0;  ///< 0: no number has room
};

}  // namespace dotmoe
